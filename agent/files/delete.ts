/** Deleting for good. A link is deleted, never followed; another disk mounted inside is left alone. */
import { lstat, rmdir, unlink } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import type { ToolRequest } from "../session-tool.ts";
import { endpointPath, joinPath, shownPath, splitPath } from "./endpoint-path.ts";
import { PinnedDirectory } from "./pinned-directory.ts";
import { type Outcome, TreeRun } from "./tree-run.ts";

/** Deletes every path with all that is in it, tells what could not be deleted, and goes on with the rest. */
export async function deleteFiles(request: ToolRequest<"files.delete">): Promise<Outcome> {
  const run = new TreeRun(request);
  for (const text of request.params.paths) {
    if (run.isCancelled) break;
    const path = endpointPath(text);
    await run.attempt(path, () => deletePath(path, run));
  }
  return run.outcome();
}

async function deletePath(path: Buffer, run: TreeRun): Promise<void> {
  const { directory, name } = splitPath(path);
  if (name.length === 0) throw new AppError("file.denied", "The root of the file system cannot be deleted.");
  using parent = await PinnedDirectory.at(directory);
  const { dev } = await lstat(parent.self);
  await deleteEntry(parent, name, path, dev, run);
}

/**
 * Deletes one entry of a pinned directory with all below it. Failures below are told to `run`; one of the entry itself
 * is thrown. `device`: the disk everything has to lie on.
 */
export async function deleteEntry(
  parent: PinnedDirectory,
  name: Buffer,
  path: Buffer,
  device: number,
  run: TreeRun,
): Promise<void> {
  const entry = await lstat(parent.child(name));
  if (!entry.isDirectory()) {
    await unlink(parent.child(name));
    return run.succeed(path);
  }
  if (entry.dev !== device)
    throw new AppError("file.in_use", `${shownPath(path)} is another disk, mounted here. Unmount it first.`);
  if (!(await deleteContents(parent, name, path, device, run))) return;
  await rmdir(parent.child(name));
  run.succeed(path);
}

/** Returns whether all of it is gone. */
async function deleteContents(
  parent: PinnedDirectory,
  name: Buffer,
  path: Buffer,
  device: number,
  run: TreeRun,
): Promise<boolean> {
  using directory = await parent.enter(name);
  const failedBefore = run.failed;
  for (const child of await directory.names()) {
    if (run.isCancelled) return false;
    const childPath = joinPath(path, child);
    await run.attempt(childPath, () => deleteEntry(directory, child, childPath, device, run));
  }
  return run.failed === failedBefore && !run.isCancelled;
}
