/**
 * What was typed and is not yet in the terminal, in order, with whose it is. A terminal takes input only as fast as its
 * program reads; credit goes back as it does. How much came from each writer is counted for good, so that input which
 * was on its way when a connection broke is sent again once and never twice.
 */

/** More waiting than this is refused: a writer within its credit never gets there. */
export const MAX_WAITING_BYTES = 1 << 20;
/** Writers remembered; a console tab is one. The oldest is forgotten. */
export const MAX_WRITERS = 256;
/** One write to the terminal. */
const WRITE_BYTES = 16 << 10;

interface Waiting {
  bytes: Uint8Array;
  readonly onWritten: (byteCount: number) => void;
}

export class InputQueue {
  readonly #taken = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #writing: { readonly byteCount: number; readonly onWritten: (byteCount: number) => void } | null = null;

  constructor(private readonly write: (bytes: Uint8Array) => void) {}

  /** How many bytes of this writer's have been taken so far. */
  offsetOf(writer: string): number {
    return this.#taken.get(writer) ?? 0;
  }

  /** Takes input; `onWritten` is told as it reaches the terminal. False, taking nothing, when too much is waiting. */
  add(writer: string, bytes: Uint8Array, onWritten: (byteCount: number) => void): boolean {
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) return false;
    this.#count(writer, bytes.length);
    this.#waitingBytes += bytes.length;
    this.#waiting.push({ bytes: bytes.slice(), onWritten });
    if (this.#writing === null) this.#next();
    return true;
  }

  /** The terminal has taken all that was written. */
  drained(): void {
    const done = this.#writing;
    this.#writing = null;
    if (done !== null) {
      this.#waitingBytes -= done.byteCount;
      done.onWritten(done.byteCount);
    }
    if (this.#writing === null) this.#next();
  }

  #next(): void {
    const first = this.#waiting[0];
    if (first === undefined) return;
    const chunk = first.bytes.subarray(0, WRITE_BYTES);
    first.bytes = first.bytes.subarray(chunk.length);
    if (first.bytes.length === 0) this.#waiting.shift();
    this.#writing = { byteCount: chunk.length, onWritten: first.onWritten };
    this.write(chunk);
  }

  #count(writer: string, byteCount: number): void {
    const taken = this.offsetOf(writer) + byteCount;
    // Set anew, so that the map's order is that of last use.
    this.#taken.delete(writer);
    this.#taken.set(writer, taken);
    if (this.#taken.size > MAX_WRITERS) this.#taken.delete(this.#taken.keys().next().value!);
  }
}
