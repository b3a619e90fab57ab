/**
 * What was typed and is not yet in the terminal, in order, with whose it is. A terminal takes input only as fast as its
 * program reads; credit goes back as it does. How much came from each writer is counted for good, so that input which
 * was on its way when a connection broke is sent again once and never twice.
 */

/** More waiting than this is refused: a writer within its credit never gets there. */
export const MAX_WAITING_BYTES = 1 << 20;
/** Writers remembered; a console tab is one. The oldest is forgotten. */
export const MAX_WRITERS = 256;
/** A full terminal is offered the rest after so long, then less and less often. */
const FIRST_RETRY_MS = 1;
const LONGEST_RETRY_MS = 32;

interface Waiting {
  bytes: Uint8Array;
  readonly onWritten: (byteCount: number) => void;
}

export class InputQueue implements Disposable {
  readonly #taken = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | null = null;

  /** `offer` gives bytes to the terminal and returns how many it took. */
  constructor(private readonly offer: (bytes: Uint8Array) => number) {}

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
    if (this.#retry === null) this.#write();
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#waiting.length = 0;
  }

  #write(): void {
    this.#retry = null;
    let hasTakenAny = false;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const byteCount = this.offer(first.bytes);
      if (byteCount === 0) {
        this.#retrySoon(hasTakenAny);
        return;
      }
      hasTakenAny = true;
      first.bytes = first.bytes.subarray(byteCount);
      if (first.bytes.length === 0) this.#waiting.shift();
      this.#waitingBytes -= byteCount;
      first.onWritten(byteCount);
    }
  }

  #retrySoon(hasTakenAny: boolean): void {
    this.#retryMs = hasTakenAny ? FIRST_RETRY_MS : Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    this.#retry = setTimeout(() => this.#write(), this.#retryMs);
  }

  #count(writer: string, byteCount: number): void {
    const taken = this.offsetOf(writer) + byteCount;
    // Set anew, so that the map's order is that of last use.
    this.#taken.delete(writer);
    this.#taken.set(writer, taken);
    if (this.#taken.size > MAX_WRITERS) this.#taken.delete(this.#taken.keys().next().value!);
  }
}
