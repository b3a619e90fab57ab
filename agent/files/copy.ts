/** Copying and moving files, folders and links, also to another disk. */
import { chmod, lstat, mkdir, utimes } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import type { ToolRequest } from "../session-tool.ts";
import { copyFile, type Place } from "./copy-file.ts";
import { deleteEntry } from "./delete.ts";
import { endpointPath, isWithin, joinPath, shownPath, splitPath } from "./endpoint-path.ts";
import { isErrorNumber } from "./error-words.ts";
import { PinnedDirectory } from "./pinned-directory.ts";
import { type Conflict, exists, numberedName, putInPlace } from "./put-in-place.ts";
import { type Outcome, TreeRun } from "./tree-run.ts";

/** Copies every path into `directory`. "overwrite" merges folders. A copy beside its source is a "(2)", if asked so. */
export function copyFiles(request: ToolRequest<"files.copy">): Promise<Outcome> {
  return eachSource(request, (from, to, conflict, run) => copyEntry(from, to, conflict, run));
}

/** Moves every path into `directory`; to another disk by copying, and the source goes only when its copy is whole. */
export function moveFiles(request: ToolRequest<"files.move">): Promise<Outcome> {
  return eachSource(request, moveEntry);
}

type Work = (from: Place, to: Place, conflict: Conflict, run: TreeRun) => Promise<void>;

async function eachSource(request: ToolRequest<"files.copy" | "files.move">, work: Work): Promise<Outcome> {
  const { paths, directory, conflict } = request.params;
  const run = new TreeRun(request);
  using target = await PinnedDirectory.at(endpointPath(directory));
  for (const text of paths) {
    if (run.isCancelled) break;
    const path = endpointPath(text);
    await run.attempt(path, () => oneSource(path, target, conflict, run, work));
  }
  return run.outcome();
}

async function oneSource(
  path: Buffer,
  target: PinnedDirectory,
  conflict: Conflict,
  run: TreeRun,
  work: Work,
): Promise<void> {
  const { directory, name } = splitPath(path);
  if (name.length === 0) throw new AppError("file.denied", "The root of the file system cannot be copied or moved.");
  using source = await PinnedDirectory.at(directory);
  const from = { directory: source, name, path };
  const to = { directory: target, name, path: joinPath(target.path, name) };
  await refuseIntoItself(from, target);
  if (conflict === "skip" && (await exists(target.child(name)))) return run.skip();
  if (conflict === "overwrite" && to.path.equals(path))
    throw new AppError(
      "file.exists",
      `${shownPath(path)} is already in this folder. Keep both, or choose another folder.`,
    );
  await work(from, to, conflict, run);
}

async function refuseIntoItself(from: Place, target: PinnedDirectory): Promise<void> {
  const entry = await lstat(from.directory.child(from.name));
  if (!entry.isDirectory() || !isWithin(target.path, from.path)) return;
  throw new AppError("request.invalid", `${shownPath(from.path)} cannot go into itself. Choose another folder.`);
}

async function copyEntry(from: Place, to: Place, conflict: Conflict, run: TreeRun): Promise<void> {
  const entry = await lstat(from.directory.child(from.name));
  if (entry.isDirectory()) return copyDirectory(from, to, conflict, run);
  if (conflict === "skip" && (await exists(to.directory.child(to.name)))) return run.skip();
  await copyFile(from, to, conflict, run);
  run.succeed(from.path);
}

async function copyDirectory(from: Place, to: Place, conflict: Conflict, run: TreeRun): Promise<void> {
  const name = await makeTarget(to, conflict);
  // A folder just made is empty: what is copied into it meets a conflict only where "overwrite" merges.
  const inner = conflict === "overwrite" ? "overwrite" : "refuse";
  {
    using source = await from.directory.enter(from.name);
    using target = await to.directory.enter(name);
    for (const child of await source.names()) {
      if (run.isCancelled) return;
      const childFrom = { directory: source, name: child, path: joinPath(from.path, child) };
      const childTo = { directory: target, name: child, path: joinPath(to.path, child) };
      await run.attempt(childFrom.path, () => copyEntry(childFrom, childTo, inner, run));
    }
    const { mode, atimeMs, mtimeMs } = await lstat(source.self);
    await chmod(target.self, mode & 0o777);
    await utimes(target.self, atimeMs / 1000, mtimeMs / 1000);
  }
  run.succeed(from.path);
}

/** Makes the folder that is copied into; returns its name. */
async function makeTarget(to: Place, conflict: Conflict): Promise<Buffer> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? to.name : numberedName(to.name, number);
    try {
      await mkdir(to.directory.child(name), 0o700);
      return name;
    } catch (error) {
      if (!isErrorNumber(error, "EEXIST")) throw error;
      if (conflict === "overwrite" && (await lstat(to.directory.child(name))).isDirectory()) return name;
      if (conflict !== "keep-both") throw error;
    }
  }
}

async function moveEntry(from: Place, to: Place, conflict: Conflict, run: TreeRun): Promise<void> {
  try {
    await putInPlace(from.directory.child(from.name), to.name, conflict, (name) => to.directory.child(name));
    run.succeed(from.path);
  } catch (error) {
    const mergesFolders = conflict === "overwrite" && isErrorNumber(error, "EEXIST", "ENOTEMPTY");
    if (!mergesFolders && !isErrorNumber(error, "EXDEV")) throw error;
    await moveByCopying(from, to, conflict, run);
  }
}

async function moveByCopying(from: Place, to: Place, conflict: Conflict, run: TreeRun): Promise<void> {
  const failedBefore = run.failed;
  await copyEntry(from, to, conflict, run);
  if (run.failed !== failedBefore || run.isCancelled) return;
  await removeSource(from);
}

async function removeSource(from: Place): Promise<void> {
  const removal = new TreeRun({ signal: new AbortController().signal, progress: () => undefined });
  const { dev } = await lstat(from.directory.self);
  await deleteEntry(from.directory, from.name, from.path, dev, removal);
  const [failure] = removal.outcome().failures;
  if (failure === undefined) return;
  throw new AppError("file.denied", `It was copied, but the original could not be deleted: ${failure.message}`);
}
