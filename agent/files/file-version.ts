/** Which state of a file is meant: it changes with size, time and identity. */
import { constants } from "node:fs";
import { type FileHandle, open, stat, statfs } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import { shownPath } from "./endpoint-path.ts";

/** statfs(2): file systems whose files are made up as they are read, so that they have no size to send. */
const MADE_UP = new Set([
  0x9fa0 /* proc */, 0x62656572 /* sysfs */, 0x64626720 /* debugfs */, 0x74726163 /* tracefs */,
]);

interface BigStats {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
}

/** A file's version. */
export function versionOf({ size, mtimeNs, dev, ino }: BigStats): string {
  return [size, mtimeNs, dev, ino].map((number) => number.toString(36)).join("-");
}

/**
 * Opens a file to read. It is looked at before it is opened, as opening some devices already does something, and again
 * after, as it may have been swapped; O_NONBLOCK keeps a pipe put there meanwhile from holding us.
 * @throws {AppError} file.is_directory, file.not_regular; else the operating system's error.
 */
export async function openToRead(path: Buffer): Promise<FileHandle> {
  requireRegular(await stat(path), path);
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    requireRegular(await handle.stat(), path);
    const { type } = await statfs(path);
    if (MADE_UP.has(type)) throw notRegular(path, "made up by the system as it is read");
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function requireRegular(stats: { isFile(): boolean; isDirectory(): boolean }, path: Buffer): void {
  if (stats.isDirectory())
    throw new AppError("file.is_directory", `${shownPath(path)} is a folder. Download it as one.`);
  if (!stats.isFile()) throw notRegular(path, "a device, pipe or socket");
}

/** The refusal of something that has no bytes of its own. */
export function notRegular(path: Buffer, what: string): AppError {
  return new AppError(
    "file.not_regular",
    `${shownPath(path)} is ${what}, so it has no content to send. Read it in a shell.`,
  );
}

/** @throws {AppError} file.changed unless the open file is still `version`. */
export async function requireVersion(handle: FileHandle, path: Buffer, version: string): Promise<void> {
  if (versionOf(await handle.stat({ bigint: true })) === version) return;
  throw new AppError("file.changed", `${shownPath(path)} changed while it was sent. Download it again.`);
}
