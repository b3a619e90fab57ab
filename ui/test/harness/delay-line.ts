import { Transform, type TransformCallback } from "node:stream";

/** What may be on its way at once: more than any line a test has carries. */
const MAX_UNDER_WAY_BYTES = 64 << 20;

/** Brings what is written to it some time later, in order; how much a second is not bounded. */
export class DelayLine extends Transform {
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly delayMs: number) {
    super({ readableHighWaterMark: MAX_UNDER_WAY_BYTES });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#later(() => this.push(chunk));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#later(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    for (const timer of this.#timers) clearTimeout(timer);
    done(error);
  }

  /** Timers of the same length come in the order they were set. */
  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, this.delayMs);
    this.#timers.add(timer);
  }
}
