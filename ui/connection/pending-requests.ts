/** Requests that were sent and not yet answered, by number. */
import { AppError, type ErrorCode, errorCodes } from "../../protocol/errors.ts";
import type { SessionView } from "../../protocol/messages/session.ts";
import type { ConsoleChannel, Progress } from "./console-connection.ts";
import { refusalInWords } from "./refusal-words.ts";

/** How many requests may be unanswered at once; one more is refused before it is sent. */
export const MAX_PENDING_REQUESTS = 1024;

/** What came back for a request. */
export type Reply =
  | { readonly kind: "done" }
  | { readonly kind: "session"; readonly session: SessionView }
  | {
      readonly kind: "tool";
      readonly result: Record<string, unknown>;
      readonly channel: ConsoleChannel | null;
    };

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: AppError) => void;
  readonly onProgress: ((progress: Progress) => void) | null;
}

/** A numbered request and what will come of it. */
export interface OpenRequest {
  readonly number: number;
  /** @throws {AppError} the refusal, or `channel.lost` when the connection went first. */
  readonly reply: Promise<Reply>;
}

/** A refusal that came over the wire. A code this build does not know is told as `internal`, with its words kept. */
export function refusalFrom(code: string, message: string): AppError {
  const known = (errorCodes as readonly string[]).includes(code);
  return new AppError(known ? (code as ErrorCode) : "internal", refusalInWords(code, message));
}

export class PendingRequests {
  #lastNumber = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** Takes the next number. @throws {AppError} request.too_many */
  open(onProgress: ((progress: Progress) => void) | null = null): OpenRequest {
    if (this.#waiting.size >= MAX_PENDING_REQUESTS)
      throw new AppError("request.too_many", "Too much is waiting for an answer. Wait until some of it is done.");
    const number = this.nextNumber();
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#waiting.set(number, { resolve, reject, onProgress });
    return { number, reply: promise };
  }

  /** A number no open request has. */
  nextNumber(): number {
    do this.#lastNumber = this.#lastNumber >= 0x7fff_ffff ? 1 : this.#lastNumber + 1;
    while (this.#waiting.has(this.#lastNumber));
    return this.#lastNumber;
  }

  /** Whether somebody still waits for this number. */
  has(number: number): boolean {
    return this.#waiting.has(number);
  }

  settle(number: number, reply: Reply): void {
    this.#take(number)?.resolve(reply);
  }

  fail(number: number, error: AppError): void {
    this.#take(number)?.reject(error);
  }

  progress(number: number, progress: Progress): void {
    this.#waiting.get(number)?.onProgress?.(progress);
  }

  failAll(error: () => AppError): void {
    for (const number of [...this.#waiting.keys()]) this.fail(number, error());
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }
}
