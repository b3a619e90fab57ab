/** Writes that must come one after the other in the order they were asked for. */
export class WriteQueue {
  #tail: Promise<void> = Promise.resolve();

  /** Runs `work` after everything before it; a failure is the caller's and stops nobody behind. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Resolves when everything asked for so far is done. */
  settled(): Promise<void> {
    return this.#tail;
  }
}
