/** Copying one file: into a part file of the target folder, and under its final name only when it is whole. */
import { constants } from "node:fs";
import { type FileHandle, lstat, lutimes, open, readlink, symlink, unlink } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { AppError } from "../../protocol/errors.ts";
import { shownPath } from "./endpoint-path.ts";
import { isErrorNumber } from "./error-words.ts";
import type { PinnedDirectory } from "./pinned-directory.ts";
import { type Conflict, putInPlace } from "./put-in-place.ts";
import type { TreeRun } from "./tree-run.ts";

const CHUNK_BYTES = 1 << 20;

/** One end of a copy: an entry of a pinned directory, and the path a person knows it by. */
export interface Place {
  readonly directory: PinnedDirectory;
  readonly name: Buffer;
  readonly path: Buffer;
}

/** Copies a file or link. Nothing stands under the final name before all of it is there; cancelled, nothing is left. */
export async function copyFile(from: Place, to: Place, conflict: Conflict, run: TreeRun): Promise<void> {
  const part = to.directory.child(Buffer.from(`.causeway-copy-${randomBytes(12).toString("hex")}.part`));
  try {
    await copyToPart(from, part, run);
    await putInPlace(part, to.name, conflict, (name) => to.directory.child(name));
  } catch (error) {
    await removeIfThere(part);
    throw error;
  }
}

async function copyToPart(from: Place, part: Buffer, run: TreeRun): Promise<void> {
  const entry = await lstat(from.directory.child(from.name));
  if (entry.isSymbolicLink()) return copyLink(from.directory.child(from.name), part, entry);
  if (!entry.isFile())
    throw new AppError(
      "file.not_regular",
      `${shownPath(from.path)} is a device, pipe or socket. Only files and folders are copied.`,
    );
  await using source = await open(
    from.directory.child(from.name),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  await using target = await open(
    part,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  await copyContent(source, target, from.path, run);
  await copyAttributes(source, target);
}

async function copyLink(from: Buffer, part: Buffer, entry: { atimeMs: number; mtimeMs: number }): Promise<void> {
  await symlink(await readlink(from, { encoding: "buffer" }), part);
  await lutimes(part, entry.atimeMs / 1000, entry.mtimeMs / 1000);
}

async function copyContent(source: FileHandle, target: FileHandle, path: Buffer, run: TreeRun): Promise<void> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let offset = 0; ;) {
    if (run.isCancelled) throw new AppError("transfer.cancelled", "Copying was cancelled.");
    const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return;
    await writeWhole(target, chunk.subarray(0, bytesRead), offset);
    offset += bytesRead;
    run.tell(path);
  }
}

/** Writes all of `bytes`; write(2) may take only a part of them. */
export async function writeWhole(target: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await target.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Modes and times as they were; the owner too where we may (only root can give files away). */
async function copyAttributes(source: FileHandle, target: FileHandle): Promise<void> {
  const { uid, gid, mode, atimeMs, mtimeMs } = await source.stat();
  let isOwnerKept = true;
  try {
    await target.chown(uid, gid);
  } catch (error) {
    if (!isErrorNumber(error, "EPERM", "EINVAL", "ENOTSUP", "EOPNOTSUPP")) throw error;
    isOwnerKept = false;
  }
  // A set-user-id bit means the owner; with another owner it would lend the wrong rights.
  await target.chmod(mode & (isOwnerKept ? 0o7777 : 0o777));
  await target.utimes(atimeMs / 1000, mtimeMs / 1000);
}

/** Deletes a file; one that is not there is fine. */
export async function removeIfThere(path: Buffer): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isErrorNumber(error, "ENOENT")) throw error;
  }
}
