/** The body of a request to the agent's channel, no faster than the agent takes it. */
import type { ServerChannel } from "../support-sessions/agent-link.ts";

export class SlicePump {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #channel: ServerChannel | null = null;
  #isStopped = false;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
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
      release(value);
    }
  }

  /** The answer has come: what of the body has not been sent is not wanted. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#channel?.[Symbol.dispose]();
    await this.#reader.cancel().catch(() => undefined);
  }
}

/**
 * Frees a piece's memory now. Each piece of a body is memory of its own; left to the collector, 40 MiB of pieces that are
 * done with lie about while a file goes up (measured).
 */
function release({ buffer }: Uint8Array<ArrayBuffer>): void {
  buffer.transfer(0);
}
