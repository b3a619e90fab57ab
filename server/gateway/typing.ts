/** How long after the last key or movement somebody still counts as typing. */
const TYPING_MS = 1000;

/**
 * Whether anybody types or points just now, in whichever session: one loop serves them all, and what a transfer brings in
 * one piece holds up every key. Pure: time is an argument.
 */
export class Typing {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Bytes for a shell or an input channel came from a console. */
  note(nowMs: number): void {
    this.#lastMs = nowMs;
  }

  isAt(nowMs: number): boolean {
    return nowMs - this.#lastMs < TYPING_MS;
  }
}
