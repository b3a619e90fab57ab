import { Turns } from "./turns.ts";

/** A database that stands still. */
export interface Freeze {
  /** Everything goes on. */
  thaw(): void;
  /** Whatever waits, and whatever comes, fails with this, until the database is closed. */
  refuse(why: Error): void;
}

/** Turns that somebody can hold for good: whoever waits for one then is refused. */
export class RefusableTurns {
  readonly #turns = new Turns();
  #refusal: Error | null = null;

  /** Resolves when it is the caller's turn, which lasts until leave(). @throws what was given to refuse() */
  async take(): Promise<void> {
    await this.#turns.take();
    if (this.#refusal === null) return;
    this.#turns.leave();
    throw this.#refusal;
  }

  leave(): void {
    this.#turns.leave();
  }

  /** Takes a turn and keeps it. */
  async freeze(): Promise<Freeze> {
    await this.take();
    return {
      thaw: () => this.leave(),
      refuse: (why) => {
        this.#refusal = why;
        this.leave();
      },
    };
  }
}
