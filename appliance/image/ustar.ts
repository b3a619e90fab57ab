import { createReadStream, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const BLOCK = 512;

/** One file of an archive: its bytes, or a path to read them from. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: Uint8Array | { readonly file: string };
}

/**
 * Writes a ustar archive (POSIX.1-1988) of plain files that belong to root, in the order given.
 * @param date seconds since 1970, of every entry
 */
export async function writeUstar(path: string, entries: readonly ArchiveEntry[], date: number): Promise<void> {
  await using archive = await open(path, "w");
  for (const { name, content } of entries) {
    const size = content instanceof Uint8Array ? content.length : statSync(content.file).size;
    await archive.write(ustarHeader(name, size, date));
    if (content instanceof Uint8Array) await archive.write(content);
    else await append(archive, content.file);
    const past = size % BLOCK;
    if (past > 0) await archive.write(new Uint8Array(BLOCK - past));
  }
  await archive.write(new Uint8Array(2 * BLOCK));
}

/** @throws {RangeError} for a name of more than 100 bytes, or 8 GiB and more */
export function ustarHeader(name: string, size: number, date: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number): void => header.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  if (new TextEncoder().encode(name).length > 100) throw new RangeError(`"${name}" is too long a name for ustar.`);
  if (size >= 2 ** 33) throw new RangeError(`"${name}" is too large for ustar.`);
  put(name, 0);
  put(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  put(`${octal(size, 11)}\0${octal(date, 11)}\0`, 124);
  put("        0", 148);
  put("ustar\u000000root", 257);
  put("root", 297);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return header;
}

async function append(archive: FileHandle, file: string): Promise<void> {
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) await archive.write(part as Buffer);
}
