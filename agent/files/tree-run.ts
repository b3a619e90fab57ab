/** A request over many files while it runs: what went well, what failed and why, whether it is to stop. */
import type { ToolRequest } from "../session-tool.ts";
import type { ToolResult, ToolType } from "../../protocol/messages.ts";
import { shownPath } from "./endpoint-path.ts";
import { fileError } from "./error-words.ts";
import { pathText } from "./path-text.ts";

export type Outcome = ToolResult<"files.delete">;

/** Failures are counted without end and named up to here. */
const MAX_NAMED_FAILURES = 100;
const MAX_MESSAGE_CHARACTERS = 1000;

export class TreeRun {
  #succeeded = 0;
  #skipped = 0;
  #failed = 0;
  readonly #failures: Outcome["failures"] = [];

  constructor(private readonly request: Pick<ToolRequest<ToolType>, "signal" | "progress">) {}

  /** true: begin nothing more. */
  get isCancelled(): boolean {
    return this.request.signal.aborted;
  }
  get failed(): number {
    return this.#failed;
  }

  /** One file, folder or link is done. */
  succeed(path: Buffer): void {
    this.#succeeded += 1;
    this.tell(path);
  }
  /** One was left alone because its name is taken. */
  skip(): void {
    this.#skipped += 1;
  }
  /** One failed. */
  fail(path: Buffer, error: unknown): void {
    this.#failed += 1;
    if (this.#failures.length >= MAX_NAMED_FAILURES) return;
    const { code, message } = fileError(error, shownPath(path));
    this.#failures.push({ path: pathText(path), code, message: message.slice(0, MAX_MESSAGE_CHARACTERS) });
  }
  /** Tells the person what is being worked on. */
  tell(path: Buffer): void {
    this.request.progress(this.#succeeded, null, "files", shownPath(path));
  }

  /** Does one part; whatever the system refuses is counted and the rest goes on. Returns whether it went well. */
  async attempt(path: Buffer, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!this.isCancelled) this.fail(path, error);
      return false;
    }
  }

  outcome(): Outcome {
    return {
      succeeded: this.#succeeded,
      skipped: this.#skipped,
      failed: this.#failed,
      failures: this.#failures,
      wasCancelled: this.isCancelled,
    };
  }
}
