/** So long the last words to people in sessions, and the answer to whoever asked, have to leave. */
const LEAVE_MS = 300;

/** That the software of a serving process shall start anew; nothing is changed on the way. */
export class RestartWish {
  readonly #asked = Promise.withResolvers<void>();

  /** Resolves when it shall. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** It shall, in a moment. */
  ask(): void {
    setTimeout(() => this.#asked.resolve(), LEAVE_MS);
  }
}
