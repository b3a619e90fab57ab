/** The wait for what comes of a try of a provider, whose sign-in goes on in a window of its own. */
import type { TestResult } from "../../../protocol/api/providers.ts";
import { AppError, type ErrorCode } from "../../../protocol/errors.ts";

const POLL_MS = 1000;
/** What comes back later than this is no answer to the request any more. */
const LIMIT_MS = 10 * 60_000;
const TOO_LATE = "The provider did not answer within ten minutes. Try again.";
/** The appliance is not there for a moment, or has no result of this try: the next question may be answered. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["internal", "system.unavailable", "not_found"]);

/** What the wait needs of the page. */
export interface ProviderTryParts {
  /** What has come so far. @throws {AppError} */
  ask(): Promise<TestResult>;
  /** What the browser says of the window. */
  isWindowClosed(): boolean;
  /** Another try has begun, or the page was left. */
  isOver(): boolean;
  sleep(ms: number): Promise<void>;
  /** Monotonic. */
  nowMs(): number;
  /** The browser calls the window closed, and no answer is there: told once. */
  onWindowClosed(): void;
}

/**
 * Asks until the answer is there; null: the try is over without one. A window that the browser calls closed ends nothing:
 * since our pages keep themselves apart (Cross-Origin-Opener-Policy) it says so as soon as the provider's page is there.
 * @throws {Error} when no answer comes in time; {AppError} what the appliance refuses
 */
export async function answerOf(parts: ProviderTryParts): Promise<TestResult | null> {
  const endsAtMs = parts.nowMs() + LIMIT_MS;
  let isTold = false;
  let problem: Error | null = null;
  while (parts.nowMs() < endsAtMs) {
    await parts.sleep(POLL_MS);
    if (parts.isOver()) return null;
    const isClosed = parts.isWindowClosed();
    const came = await askOnce(parts);
    if (parts.isOver()) return null;
    problem = came instanceof Error ? came : null;
    if (!(came instanceof Error) && came.state !== "waiting") return came;
    if (isClosed && !isTold) parts.onWindowClosed();
    isTold ||= isClosed;
  }
  throw problem ?? new Error(TOO_LATE);
}

/** @returns what failed, where it may pass */
async function askOnce(parts: ProviderTryParts): Promise<TestResult | AppError> {
  try {
    return await parts.ask();
  } catch (error) {
    if (error instanceof AppError && PASSING.has(error.code)) return error;
    throw error;
  }
}
