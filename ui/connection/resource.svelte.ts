import type { RequestOptions } from "./api.ts";

/** How a loading is asked for: by a person, or by the page itself. */
export type Asked = Pick<RequestOptions, "isBackground">;

/** Something the server knows, with how its loading stands. What was loaded stays while it loads again or fails. */
export class Resource<T> {
  #value: T | null = $state.raw(null);
  #at = $state.raw(new Date());
  error: Error | null = $state.raw(null);
  isLoading = $state(false);
  readonly #load: (asked: Asked) => Promise<T>;
  #turn = 0;

  constructor(load: (asked: Asked) => Promise<T>) {
    this.#load = load;
  }

  get value(): T | null {
    return this.#value;
  }
  /** An answer that brought it whole, without asking for it again. */
  set value(value: T | null) {
    this.#value = value;
    this.#at = new Date();
  }

  /** When the value came: "two minutes ago" is counted from there. Before the first one: when this was made. */
  get at(): Date {
    return this.#at;
  }

  /** Loads (again). Never throws: look at `error`. A later load overtakes an earlier one. */
  async load(asked: Asked = {}): Promise<void> {
    const turn = ++this.#turn;
    this.isLoading = true;
    try {
      const value = await this.#load(asked);
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (turn === this.#turn) this.error = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }
}
