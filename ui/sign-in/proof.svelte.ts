/** Doing what the server allows only to somebody who has just proved again who they are. */
import { AppError } from "../../protocol/errors.ts";

/** Thrown when the person closes the question: nothing was done, and there is nothing to tell. */
export class NotProved extends Error {
  override readonly name = "NotProved";
}

class Proof {
  /** The question is open; ProveAgainDialog shows it. */
  isAsked = $state(false);
  #answer: ((isProved: boolean) => void) | null = null;

  /**
   * Does it; where the server wants a proof first, asks for one and does it again.
   * @throws {NotProved} when the person would not, and whatever `work` throws
   */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "sign_in.proof_required") throw error;
      if (!(await this.#ask())) throw new NotProved("Nothing was changed.");
      return await work();
    }
  }

  /** The question was answered, or closed. */
  settle(isProved: boolean): void {
    this.isAsked = false;
    this.#answer?.(isProved);
    this.#answer = null;
  }

  async #ask(): Promise<boolean> {
    this.settle(false);
    return await new Promise((resolve) => {
      this.#answer = resolve;
      this.isAsked = true;
    });
  }
}

/** The page's one question. */
export const proof = new Proof();
