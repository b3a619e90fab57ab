import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Commands } from "./commands.ts";
import type { Paths } from "./paths.ts";

/** Time as the machine has it. */
export interface SystemClock {
  now(): Date;
  /** Milliseconds since the machine started; setting the clock does not move it. */
  uptimeMs(): number;
}

/** The machine as every part of root's program sees it. */
export interface System {
  readonly paths: Paths;
  readonly commands: Commands;
  readonly clock: SystemClock;
  /** Writes a line to the journal. */
  log(line: string): void;
}

/** The machine's own time. @param paths where /proc lies */
export function systemClock(paths: Paths): SystemClock {
  return {
    now: () => new Date(),
    uptimeMs: () => Math.round(Number(readFileSync(join(paths.proc, "uptime"), "utf8").split(" ", 1)[0]) * 1000),
  };
}

/** The kernel's words, such as causeway.slot. */
export function kernelWords(paths: Paths): ReadonlyMap<string, string> {
  const words = readFileSync(join(paths.proc, "cmdline"), "utf8").trim().split(/\s+/u);
  return new Map(
    words.map((word) => {
      const equals = word.indexOf("=");
      return equals === -1 ? [word, ""] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}
