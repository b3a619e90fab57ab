/** New folders and new names. */
import { lstat, mkdir } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import type { ToolParams, ToolResult } from "../../protocol/messages.ts";
import { endpointName, endpointPath, joinPath, shownPath, splitPath } from "./endpoint-path.ts";
import { isErrorNumber, withFileError } from "./error-words.ts";
import { pathText } from "./path-text.ts";
import { PinnedDirectory } from "./pinned-directory.ts";
import { renameWithoutReplacing } from "./put-in-place.ts";

/** Makes a folder. With `mayExist` a folder that is there already will do. */
export async function makeDirectory({
  directory,
  name,
  mayExist,
}: ToolParams<"files.make-directory">): Promise<ToolResult<"files.make-directory">> {
  const nameBytes = endpointName(name);
  const path = joinPath(endpointPath(directory), nameBytes);
  using parent = await PinnedDirectory.at(endpointPath(directory));
  // Awaited here: the directory has to stay open until it is done.
  return await withFileError(shownPath(path), async () => {
    try {
      await mkdir(parent.child(nameBytes));
    } catch (error) {
      const isThere = isErrorNumber(error, "EEXIST") && (await lstat(parent.child(nameBytes))).isDirectory();
      if (!isThere || mayExist !== true) throw error;
    }
    return { path: pathText(path) };
  });
}

/** Gives a file, folder or link another name in its folder; never in place of something else. */
export async function renameFile({ path, name }: ToolParams<"files.rename">): Promise<ToolResult<"files.rename">> {
  const { directory, name: oldName } = splitPath(endpointPath(path));
  if (oldName.length === 0) throw new AppError("file.denied", "The root of the file system has no name to change.");
  const newName = endpointName(name);
  const newPath = joinPath(directory, newName);
  using parent = await PinnedDirectory.at(directory);
  if (!oldName.equals(newName)) await renameIn(parent, oldName, newName, path, newPath);
  return { path: pathText(newPath) };
}

async function renameIn(
  parent: PinnedDirectory,
  oldName: Buffer,
  newName: Buffer,
  oldText: string,
  newPath: Buffer,
): Promise<void> {
  try {
    await renameWithoutReplacing(parent.child(oldName), parent.child(newName));
  } catch (error) {
    // Only a taken or impossible new name is about the new one; everything else is about the file itself.
    const isAboutNewName = isErrorNumber(error, "EEXIST", "ENAMETOOLONG", "EINVAL", "EILSEQ");
    await withFileError(isAboutNewName ? shownPath(newPath) : shownPath(endpointPath(oldText)), () =>
      Promise.reject(error),
    );
  }
}
