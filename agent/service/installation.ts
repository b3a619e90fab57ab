/** The agent's files on this computer: put there by `install`, taken away by `uninstall`. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { writeWhole } from "../trust/write-whole.ts";

const PROGRAM_NAME = "causeway-agent";

/** installation.json in the state directory: where the program was put. */
const Installation = Type.Object({ directory: Type.String({ minLength: 2 }) });
type Installation = Static<typeof Installation>;

/** Copies the program into `directory`, whole or not at all, and notes where it is. Returns the program's path. */
export function placeProgram(executable: string, directory: string, state: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const program = join(directory, PROGRAM_NAME);
  if (executable !== program) {
    copyFileSync(executable, `${program}.new`);
    chmodSync(`${program}.new`, 0o755);
    renameSync(`${program}.new`, program);
  }
  const installation: Installation = { directory };
  writeWhole(join(state, "installation.json"), `${JSON.stringify(installation)}\n`);
  return program;
}

/** Where the program was put; null when it was not installed from this state directory. */
export function findInstallation(state: string): Installation | null {
  const path = join(state, "installation.json");
  if (!existsSync(path)) return null;
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  return Value.Check(Installation, value) ? value : null;
}

/** Removes the program and its directory, if nothing else lies in it. */
export function removeProgram({ directory }: Installation): void {
  rmSync(join(directory, PROGRAM_NAME), { force: true });
  removeIfEmpty(directory);
}

/** Removes what the agent kept: its key, its trust, everything of unfinished work. Logs of the system are not ours. */
export function removeState(state: string): void {
  rmSync(state, { recursive: true, force: true });
  removeIfEmpty(dirname(state));
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    // Something else lives there too, or it is gone already.
    if (!(error instanceof Error)) throw error;
  }
}
