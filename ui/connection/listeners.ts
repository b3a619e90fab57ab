/** Functions that want to hear of one kind of event. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Hears of every event from now on; dispose to stop. */
  add(listener: (value: T) => void): Disposable {
    // A wrapper of its own, so that the same function added twice is removed once.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  /** Tells everyone. One listener's exception is reported and stops neither the others nor the caller. */
  tell(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
