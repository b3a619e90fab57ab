/** Whether the agent may live in a directory. A service that runs as root must not start from where others can write. */
import { lstatSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AppError } from "../../protocol/errors.ts";

const GROUP_WRITABLE = 0o020;
const WORLD_WRITABLE = 0o002;

/**
 * The directory as it will be used, without a trailing slash.
 * @throws {AppError} request.invalid, in words, for one that is not fit (JC-06).
 */
export function checkInstallDirectory(wished: string): string {
  const refuse = (why: string) => new AppError("request.invalid", `The agent cannot live in ${wished}: ${why}`);
  if (!wished.startsWith("/")) throw refuse("the path has to begin with /.");
  if (!/^[A-Za-z0-9._/ +@-]+$/.test(wished))
    throw refuse(
      "the path may hold letters, digits, blanks and . _ + @ - only, so that the service manager reads it right.",
    );
  if (wished.split("/").includes("..")) throw refuse('the path may not hold "..".');
  const directory = resolve(wished);
  if (directory === "/") throw refuse("it is the root of the disk. Choose a directory of its own.");
  for (const path of ["/", ...ancestorsOf(directory), directory]) {
    const why = weaknessOf(path);
    if (why !== null) throw refuse(why);
  }
  return directory;
}

/** The directories above, the highest first, without the root. */
function ancestorsOf(directory: string): string[] {
  const parent = dirname(directory);
  return parent === "/" ? [] : [...ancestorsOf(parent), parent];
}

/** What is wrong with one directory of the path; null: nothing, or it does not exist yet. */
function weaknessOf(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isSymbolicLink()) return `${path} is a link. Give the path it leads to.`;
  if (!found.isDirectory()) return `${path} is not a directory.`;
  if (found.uid !== 0) return `${path} does not belong to root, so its owner could replace the agent.`;
  if ((found.mode & WORLD_WRITABLE) !== 0) return `everybody can write to ${path}, so anybody could replace the agent.`;
  if ((found.mode & GROUP_WRITABLE) !== 0 && found.gid !== 0)
    return `a group other than root's can write to ${path}, so its members could replace the agent.`;
  return null;
}
