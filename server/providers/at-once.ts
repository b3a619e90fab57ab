import { AppError } from "../../protocol/errors.ts";

/** So many pieces of work run at once, and the next is told so at once instead of waiting. */
export class AtOnce {
  #running = 0;
  /** @param message what the next is told */
  constructor(
    private readonly max: number,
    private readonly message: string,
  ) {}

  /** @throws {AppError} request.too_many, and what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.max) throw new AppError("request.too_many", this.message);
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
