/** Running programs of a Linux computer, from /proc. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { readText } from "./read-text.ts";

export interface RunningProcess {
  readonly pid: number;
  readonly name: string;
  readonly uid: number;
  readonly residentBytes: number;
  readonly state: string;
}

const STATES: Readonly<Record<string, string>> = {
  R: "running",
  S: "sleeping",
  D: "waiting for a disk",
  T: "stopped",
  t: "traced",
  Z: "ended, not collected",
  I: "idle",
};

/** One /proc/PID/status; null for a program that has just ended. */
export function parseProcess(pid: number, uid: number, status: string): RunningProcess | null {
  const value = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, "m").exec(status)?.[1];
  const name = value("Name");
  if (name === undefined) return null;
  const letter = value("State")?.[0] ?? "";
  const residentKb = Number.parseInt(value("VmRSS") ?? "0", 10);
  return { pid, name, uid, residentBytes: residentKb * 1024, state: STATES[letter] ?? letter };
}

/** Every running program, the one with most memory first. */
export function readProcesses(directory = "/proc"): RunningProcess[] {
  return readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const path = `${directory}/${name}`;
      const uid = existsSync(path) ? statSync(path, { throwIfNoEntry: false })?.uid : undefined;
      const running = uid === undefined ? null : parseProcess(Number(name), uid, readText(`${path}/status`));
      return running === null ? [] : [running];
    })
    .sort((a, b) => b.residentBytes - a.residentBytes);
}
