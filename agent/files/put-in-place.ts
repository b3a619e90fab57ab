/** Giving something its final name: at once, whole, and never over something that is already there unless told so. */
import { constants } from "node:fs";
import { link, lstat, open, rename, unlink } from "node:fs/promises";
import type { Static } from "@sinclair/typebox";
import { AppError } from "../../protocol/errors.ts";
import type { Conflict as ConflictSchema } from "../../protocol/messages/files.ts";
import { isErrorNumber } from "./error-words.ts";

export type Conflict = Static<typeof ConflictSchema>;

const MAX_NAME_BYTES = 255;
const MAX_KEEP_BOTH = 10_000;
const DOT = 0x2e;

/**
 * Renames, and fails with EEXIST where `to` is taken, without a moment in which somebody else's file could be replaced:
 * link(2) refuses a taken name by itself, and where there are no hard links an empty file made with O_EXCL reserves it.
 * A directory can at worst replace an empty directory (rename(2)).
 */
export async function renameWithoutReplacing(from: Buffer, to: Buffer): Promise<void> {
  const source = await lstat(from);
  if (source.isDirectory()) return renameDirectory(from, to);
  try {
    await link(from, to);
  } catch (error) {
    if (isErrorNumber(error, "EEXIST") && (await isSameEntry(from, to))) return rename(from, to);
    if (!isErrorNumber(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS", "EACCES")) throw error;
    return renameOntoReservation(from, to);
  }
  await unlink(from);
}

async function renameDirectory(from: Buffer, to: Buffer): Promise<void> {
  if ((await exists(to)) && !(await isSameEntry(from, to))) throw alreadyThere();
  await rename(from, to);
}

async function renameOntoReservation(from: Buffer, to: Buffer): Promise<void> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  await (await open(to, flags, 0o600)).close();
  try {
    await rename(from, to);
  } catch (error) {
    await unlink(to);
    throw error;
  }
}

/** Two spellings of one entry, as file systems that ignore case have them; two hard links of one file do not count. */
async function isSameEntry(from: Buffer, to: Buffer): Promise<boolean> {
  const [a, b] = await Promise.all([lstat(from, { bigint: true }), lstat(to, { bigint: true })]);
  return a.ino === b.ino && a.dev === b.dev && a.nlink === 1n;
}

function alreadyThere(): Error {
  return Object.assign(new Error("already there"), { code: "EEXIST" });
}

/** Whether something is there, be it only a broken link. */
export async function exists(path: Buffer): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrorNumber(error, "ENOENT")) return false;
    throw error;
  }
}

/**
 * Puts `from` under `name` as the conflict's answer says; `place` makes a path of a name. Returns the name it got.
 * Throws EEXIST for "refuse" and "skip" where the name is taken, EISDIR for "overwrite" on a folder.
 */
export async function putInPlace(
  from: Buffer,
  name: Buffer,
  conflict: Conflict,
  place: (name: Buffer) => Buffer,
): Promise<Buffer> {
  if (conflict === "overwrite") {
    await rename(from, place(name));
    return name;
  }
  if (conflict === "keep-both") return putBeside(from, name, place);
  await renameWithoutReplacing(from, place(name));
  return name;
}

async function putBeside(from: Buffer, name: Buffer, place: (name: Buffer) => Buffer): Promise<Buffer> {
  for (let number = 1; number <= MAX_KEEP_BOTH; number += 1) {
    const candidate = number === 1 ? name : numberedName(name, number);
    try {
      await renameWithoutReplacing(from, place(candidate));
      return candidate;
    } catch (error) {
      if (!isErrorNumber(error, "EEXIST")) throw error;
    }
  }
  throw new AppError("file.exists", "There are too many files of that name already. Choose another name.");
}

/** "report.pdf" and 2 give "report (2).pdf"; the stem is cut where the whole would be too long. */
export function numberedName(name: Buffer, number: number): Buffer {
  const dot = name.lastIndexOf(DOT);
  const stem = dot > 0 ? name.subarray(0, dot) : name;
  const ending = Buffer.concat([Buffer.from(` (${number})`), dot > 0 ? name.subarray(dot) : Buffer.alloc(0)]);
  return Buffer.concat([cutUtf8(stem, MAX_NAME_BYTES - ending.length), ending]);
}

/** At most `maxBytes` of it, not ending inside a UTF-8 sequence. */
function cutUtf8(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length <= maxBytes) return bytes;
  let end = Math.max(0, maxBytes);
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
