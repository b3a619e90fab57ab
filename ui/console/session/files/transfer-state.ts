/** What a transfer goes through, from the click to the checksum. Pure: time and bytes come in as events. */
import { AppError, type ErrorCode } from "../../../../protocol/errors.ts";

/**
 * waiting: for its turn. running: bytes move. paused: by the person. interrupted: the connection or the server is gone, it
 * goes on by itself. asking: the name is taken. verifying: all bytes are there, the whole is hashed. handed-over: the
 * browser saves it in its own downloads. The rest are ends.
 */
export type TransferPhase =
  | "waiting"
  | "running"
  | "paused"
  | "interrupted"
  | "asking"
  | "verifying"
  | "handed-over"
  | "verified"
  | "skipped"
  | "failed"
  | "cancelled";

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface TransferState {
  readonly phase: TransferPhase;
  /** Bytes that are verified and will not be sent again. */
  readonly doneBytes: number;
  /** Bytes on their way beyond those. */
  readonly movingBytes: number;
  readonly totalBytes: number;
  readonly doneFiles: number;
  readonly totalFiles: number;
  /** Tries in a row that brought nothing; decides how long the next one waits. */
  readonly fruitless: number;
  readonly sha256: string | null;
  /** Why it waits, asks or has failed. */
  readonly failure: Failure | null;
  /** Files of a folder that failed, by name. The folder goes on without them. */
  readonly failures: readonly (Failure & { readonly name: string })[];
}

export type TransferEvent =
  | { readonly type: "begun" }
  | { readonly type: "counted"; readonly files: number; readonly bytes: number }
  | { readonly type: "moved"; readonly doneBytes: number; readonly movingBytes: number }
  | { readonly type: "file-done" }
  | { readonly type: "file-failed"; readonly name: string; readonly failure: Failure }
  | { readonly type: "broken"; readonly failure: Failure }
  | { readonly type: "asked"; readonly failure: Failure }
  | { readonly type: "requeued" }
  | { readonly type: "paused" }
  | { readonly type: "verifying" }
  | { readonly type: "handed-over" }
  | { readonly type: "verified"; readonly sha256: string | null }
  | { readonly type: "skipped" }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "cancelled" };

const ends: ReadonlySet<TransferPhase> = new Set(["verified", "skipped", "failed", "cancelled"]);

/** Whether nothing happens any more by itself. */
export function isOver(phase: TransferPhase): boolean {
  return ends.has(phase);
}
export const canPause = (phase: TransferPhase): boolean =>
  phase === "waiting" || phase === "running" || phase === "interrupted";
export const canResume = (phase: TransferPhase): boolean => phase === "paused" || phase === "failed";

/** A transfer that has not begun. */
export function newTransfer(totalBytes: number, totalFiles = 1): TransferState {
  return {
    phase: "waiting",
    doneBytes: 0,
    movingBytes: 0,
    totalBytes,
    doneFiles: 0,
    totalFiles,
    fruitless: 0,
    sha256: null,
    failure: null,
    failures: [],
  };
}

/** The next state. What comes too late, after a pause or an end, changes nothing. */
export function stepTransfer(state: TransferState, event: TransferEvent): TransferState {
  if (isOver(state.phase)) return event.type === "requeued" && state.phase === "failed" ? requeued(state) : state;
  switch (event.type) {
    case "begun":
      return state.phase === "waiting" ? { ...state, phase: "running", failure: null } : state;
    case "counted":
      return { ...state, totalFiles: event.files, totalBytes: event.bytes };
    case "moved":
      return moved(state, event.doneBytes, event.movingBytes);
    case "file-done":
      return { ...state, doneFiles: state.doneFiles + 1, fruitless: 0 };
    case "file-failed":
      return { ...state, failures: [...state.failures, { name: event.name, ...event.failure }] };
    case "broken":
      return state.phase === "paused"
        ? state
        : { ...state, phase: "interrupted", movingBytes: 0, fruitless: state.fruitless + 1, failure: event.failure };
    case "asked":
      return state.phase === "paused" ? state : { ...state, phase: "asking", movingBytes: 0, failure: event.failure };
    case "requeued":
      return requeued(state);
    case "paused":
      return canPause(state.phase) ? { ...state, phase: "paused", movingBytes: 0, failure: null } : state;
    case "verifying":
      return state.phase === "running" ? { ...state, phase: "verifying", movingBytes: 0 } : state;
    case "handed-over":
      return { ...state, phase: "handed-over", failure: null };
    case "verified":
      return verified(state, event.sha256);
    case "skipped":
      return { ...state, phase: "skipped", movingBytes: 0 };
    case "failed":
      return { ...state, phase: "failed", movingBytes: 0, failure: event.failure };
    case "cancelled":
      return { ...state, phase: "cancelled", movingBytes: 0 };
  }
}

function requeued(state: TransferState): TransferState {
  return { ...state, phase: "waiting", movingBytes: 0, failure: null, failures: [] };
}

function moved(state: TransferState, doneBytes: number, movingBytes: number): TransferState {
  if (state.phase !== "running") return state;
  const fruitless = doneBytes > state.doneBytes ? 0 : state.fruitless;
  return { ...state, doneBytes, movingBytes, fruitless };
}

/** A folder of which some files failed is not verified: it says how many are missing. */
function verified(state: TransferState, sha256: string | null): TransferState {
  if (state.failures.length === 0)
    return { ...state, phase: "verified", doneBytes: state.totalBytes, movingBytes: 0, sha256, failure: null };
  const count = state.failures.length;
  const [first] = state.failures;
  const message = `${count} of ${state.totalFiles} files failed. ${first!.message}`;
  return { ...state, phase: "failed", movingBytes: 0, failure: { code: first!.code, message } };
}

/** What to do about an error of one attempt. */
export type Remedy = "again" | "ask" | "give-up";

/** Errors after which the same can be tried again without anybody doing anything. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "channel.lost",
  "channel.overflow",
  "channel.unknown",
  "agent.offline",
  "agent.timeout",
  "file.hash_mismatch",
  "request.too_many",
  "transfer.unknown",
]);
/** A part that arrives damaged so often in a row is not an accident. */
const MAX_FRUITLESS_TRIES: Partial<Record<ErrorCode, number>> = { "file.hash_mismatch": 5, "transfer.unknown": 3 };

/** Which remedy an error asks for, after so many fruitless tries. */
export function remedyFor({ code }: Failure, fruitless: number): Remedy {
  if (code === "file.exists") return "ask";
  if (!passing.has(code)) return "give-up";
  return fruitless >= (MAX_FRUITLESS_TRIES[code] ?? Number.POSITIVE_INFINITY) ? "give-up" : "again";
}

/** How long to wait before the next try, in ms: doubling from half a second to 15 seconds. */
export function retryDelayMs(fruitless: number): number {
  return Math.min(500 * 2 ** Math.min(fruitless, 5), 15_000);
}

/** Any thrown thing as a failure in words. A fetch that fails without an answer is a lost connection. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  if (error instanceof TypeError)
    return { code: "channel.lost", message: "The connection to the appliance was lost. It goes on by itself." };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message: `This page failed at it: ${message}. Try again.` };
}
