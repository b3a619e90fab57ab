/** The body of a request to the agent's channel, no faster than the agent takes it. */
import { MAX_CHANNEL_PAYLOAD_BYTES } from "../../protocol/channel.ts";
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

  /** A body comes in pieces of 64 KiB and less; larger frames cost less for the same bytes. */
  async #run(channel: ServerChannel): Promise<void> {
    const frame = new Uint8Array(MAX_CHANNEL_PAYLOAD_BYTES);
    let filled = 0;
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (this.#isStopped) return;
      if (done) return channel.write(frame.subarray(0, filled));
      for (let at = 0; at < value.length;) {
        const count = Math.min(value.length - at, frame.length - filled);
        frame.set(value.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled < frame.length) continue;
        await channel.write(frame);
        filled = 0;
      }
    }
  }

  /** The answer has come: what of the body has not been sent is not wanted. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#channel?.[Symbol.dispose]();
    await this.#reader.cancel().catch(() => undefined);
  }
}
