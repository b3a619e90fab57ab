/**
 * What takes long with files of gigabytes, in a process of its own: the serving one goes on. The word of the command line is
 * followed by what to do and the file.
 */
import { setPriority } from "node:os";
import { readBoxSettings, settleCopy } from "../../backups/copy/store.ts";
import { ownProgram } from "../../backups/job-process.ts";
import { STANDBY_JOB_WORD } from "../job-words.ts";
import { bringLogHome, checkCopy, type CopyFindings } from "./copy-store.ts";

/** Whoever works in a session goes before. */
const NICENESS = 10;
const ENDS_SIGN_INS = "ends-sign-ins";
const MAX_ANSWER_CHARACTERS = 10_000;

/** The process. @param tell writes its one line */
export function runStandbyJob(words: readonly string[], tell: (line: string) => void): number {
  const [what, file = "", own = "", at = "", ends = ""] = words;
  bringLogHome(file);
  if (what === "check") {
    setPriority(NICENESS);
    tell(JSON.stringify(checkCopy(file)));
  }
  if (what === "settle") settleCopy(file, readBoxSettings(own), at, ends === ENDS_SIGN_INS);
  return 0;
}

/** Brings a copy's log home. @throws {Error} when it could not */
export async function bringHomeAside(file: string): Promise<void> {
  await run("bring-home", file);
}

/** Opens a copy as if it had to serve, and looks at every page of it. @throws {Error} when it does not open */
export async function checkAside(file: string): Promise<CopyFindings> {
  return JSON.parse(await run("check", file)) as CopyFindings;
}

/**
 * Makes a copy ready to take the place of this appliance's own database: one file, with this box's settings of where it
 * answers whom.
 * @param endsSignIns whether something may have been written, and so ended, since the copy
 * @throws {Error} when it could not
 */
export async function settleAside(file: string, own: string, at: Date, endsSignIns: boolean): Promise<void> {
  await run("settle", file, own, at.toISOString(), endsSignIns ? ENDS_SIGN_INS : "");
}

async function run(what: "bring-home" | "check" | "settle", ...words: readonly string[]): Promise<string> {
  const child = Bun.spawn([...ownProgram(), STANDBY_JOB_WORD, what, ...words], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe", env: {} },
  });
  const [answer, problem] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) === 0) return answer.slice(0, MAX_ANSWER_CHARACTERS);
  throw new Error("the standby's copy could not be opened", { cause: new Error(problem.slice(0, 1000)) });
}
