import { AppError } from "../../protocol/errors.ts";

/** So many pieces of work of one key run at once, and the next is told so at once instead of waiting. */
export class AtOnce {
  readonly #running = new Map<string, number>();
  /** @param message what the next is told */
  constructor(
    private readonly max: number,
    private readonly message: string,
  ) {}

  /** @throws {AppError} request.too_many, and what the work throws */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key) ?? 0;
    if (running >= this.max) throw new AppError("request.too_many", this.message);
    this.#running.set(key, running + 1);
    try {
      return await work();
    } finally {
      this.#end(key);
    }
  }

  #end(key: string): void {
    const left = (this.#running.get(key) ?? 1) - 1;
    if (left === 0) this.#running.delete(key);
    else this.#running.set(key, left);
  }
}
