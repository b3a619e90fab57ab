/** What a transfer's row says. Pure. */
import { formatBytes, formatDuration, formatRate } from "../../../kit/format.ts";
import { plural } from "../../../languages/plural.ts";
import { timeLeftMs } from "./transfer-speed.ts";
import type { TransferState } from "./transfer-state.ts";

export type TransferTone = "normal" | "ok" | "warn" | "bad";

/** 0 to 1; by files where there are no bytes to count. */
export function shareDone({ phase, doneBytes, movingBytes, totalBytes, doneFiles, totalFiles }: TransferState): number {
  if (phase === "verified" || phase === "verifying") return 1;
  if (totalBytes > 0) return (doneBytes + movingBytes) / totalBytes;
  return totalFiles > 1 ? doneFiles / totalFiles : 0;
}

export function toneOf({ phase }: TransferState): TransferTone {
  if (phase === "verified") return "ok";
  if (phase === "failed") return "bad";
  return phase === "paused" || phase === "interrupted" || phase === "asking" ? "warn" : "normal";
}

/** "31.2 MB/s, 1 s left", "Paused at file 210", "Verified, SHA-256 match", or why it failed. */
export function statusText(state: TransferState, isFolder: boolean, bytesPerSecond: number): string {
  switch (state.phase) {
    case "waiting":
      return "Waiting for its turn";
    case "running":
      return runningText(state, bytesPerSecond);
    case "paused":
      return isFolder ? `Paused at file ${state.doneFiles + 1}` : `Paused at ${formatBytes(state.doneBytes)}`;
    case "interrupted":
      return "Connection lost, goes on by itself";
    case "asking":
      return "The name is taken";
    case "verifying":
      return "Verifying";
    case "handed-over":
      return "Your browser saves it";
    case "verified":
      return isFolder ? `${plural(state.totalFiles, ["# file", "# files"])}, each verified` : "Verified, SHA-256 match";
    case "skipped":
      return "Skipped, the name is taken";
    case "failed":
      return state.failure?.message ?? "It failed.";
    case "cancelled":
      return "Cancelled";
  }
}

function runningText(state: TransferState, bytesPerSecond: number): string {
  if (bytesPerSecond < 1) return "Starting";
  const leftMs = timeLeftMs(state.totalBytes - state.doneBytes - state.movingBytes, bytesPerSecond);
  const left = leftMs === null ? "" : `, ${formatDuration(Math.max(leftMs, 1000))} left`;
  return `${formatRate(bytesPerSecond)}${left}`;
}
