/** Ends everything a shell has started: the processes of its kernel session, background jobs among them. */
import { readdirSync, readFileSync } from "node:fs";

/** Between the hang-up and the kill, in milliseconds. */
export const HANG_UP_GRACE_MS = 2000;

/** Process ids of the session led by `leader` (proc_pid_stat(5), field 6). */
export function readSession(leader: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => sessionOf(name) === leader)
    .map(Number);
}

function sessionOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold anything, brackets and blanks too.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
  } catch {
    // It ended while we looked.
    return null;
  }
}

/** Hangs up on the whole session as a closed terminal does, and kills what has not gone after the grace. */
export function endSession(leader: number): void {
  signalSession(leader, "SIGHUP");
  // A stopped process cannot hang up before it goes on.
  signalSession(leader, "SIGCONT");
  setTimeout(() => signalSession(leader, "SIGKILL"), HANG_UP_GRACE_MS);
}

function signalSession(leader: number, signal: "SIGHUP" | "SIGCONT" | "SIGKILL"): void {
  for (const pid of readSession(leader)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // Gone already, or it has become somebody else's (a set-uid program): not ours to end.
      if (!(error instanceof Error)) throw error;
    }
  }
}
