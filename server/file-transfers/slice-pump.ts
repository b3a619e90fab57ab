/** The body of a request to the agent's channel, no faster than the agent takes it. */
import type { ServerChannel } from "../support-sessions/agent-link.ts";

export class SlicePump {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #channel: ServerChannel | null = null;
  #isStopped = false;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Begins to send. If either end breaks off, the channel closes, and the agent's answer says what became of the slice. */
  start(channel: ServerChannel): void {
    this.#channel = channel;
    this.#run(channel).catch(() => channel[Symbol.dispose]());
  }

  async #run(channel: ServerChannel): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (this.#isStopped || done) return;
      await channel.write(value);
    }
  }

  /** The answer has come: what of the body has not been sent is not wanted. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#channel?.[Symbol.dispose]();
    await this.#reader.cancel().catch(() => undefined);
  }
}
