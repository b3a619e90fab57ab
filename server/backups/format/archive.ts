/**
 * What is inside a backup: a POSIX ustar archive of exactly these files in this order. Pure. Any tar reads it; ours takes
 * nothing else: a name is compared with a list and never becomes a path (zip-slip).
 */
import { ByteSource } from "./byte-source.ts";
import { invalid } from "./header.ts";

/** In the order they stand: what they are comes before the data. */
export const archiveFiles = ["manifest.json", "secret.key", "causeway.sqlite"] as const;
export type ArchiveFile = (typeof archiveFiles)[number];

const BLOCK = 512;
/** Larger sizes do not fit in octal; GNU tar's binary form is used then. */
const MAX_OCTAL = 8 ** 11;
const MAX_FILE_BYTES = 2 ** 42;
const PIECE_BYTES = 256 << 10;
/** Offset and length of a header's fields (POSIX.1-1988, ustar). */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  sum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;

/** One file that goes in. */
export interface ArchiveEntry {
  readonly name: ArchiveFile;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}
/** One file that comes out; its content is read before the next one. */
export interface ArchivedFile {
  readonly name: ArchiveFile;
  readonly sizeBytes: number;
  readonly content: AsyncGenerator<Uint8Array>;
}

/** The archive's bytes. @throws {Error} when a file is not as long as it was said to be */
export async function* packArchive(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  for (const { name, sizeBytes, content } of entries) {
    yield tarHeader(name, sizeBytes);
    let written = 0;
    for await (const piece of content) {
      written += piece.length;
      yield piece;
    }
    if (written !== sizeBytes) throw new Error(`${name} has ${written} bytes, ${sizeBytes} were announced`);
    yield Buffer.alloc(paddingOf(sizeBytes));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** The files of an archive. @throws {AppError} backup.invalid for anything that packArchive() does not write */
export async function* unpackArchive(plain: AsyncIterable<Uint8Array>): AsyncGenerator<ArchivedFile> {
  const source = new ByteSource(plain);
  try {
    for (const name of archiveFiles) {
      const sizeBytes = readTarHeader(await source.take(BLOCK), name);
      yield { name, sizeBytes, content: contentOf(source, sizeBytes) };
      await requireZeros(source, paddingOf(sizeBytes));
    }
    await requireZeros(source, 2 * BLOCK);
    if (!(await source.isAtEnd())) throw foreign();
  } finally {
    await source.close();
  }
}

async function* contentOf(source: ByteSource, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let left = sizeBytes; left > 0;) {
    const piece = await source.take(Math.min(left, PIECE_BYTES));
    if (piece.length === 0) throw foreign();
    left -= piece.length;
    yield piece;
  }
}

async function requireZeros(source: ByteSource, count: number): Promise<void> {
  const bytes = await source.take(count);
  if (bytes.length !== count || bytes.some((byte) => byte !== 0)) throw foreign();
}

const paddingOf = (sizeBytes: number): number => (BLOCK - (sizeBytes % BLOCK)) % BLOCK;

function tarHeader(name: ArchiveFile, sizeBytes: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const write = (field: keyof typeof fields, text: string): void => void header.write(text, fields[field][0], "latin1");
  write("name", name);
  write("mode", "0000600\0");
  header.write("0000000\0" + "0000000\0", 108, "latin1");
  if (sizeBytes < MAX_OCTAL) write("size", `${sizeBytes.toString(8).padStart(11, "0")}\0`);
  else writeBinarySize(header, sizeBytes);
  header.write("00000000000\0", 136, "latin1");
  write("type", "0");
  write("magic", "ustar\x0000");
  write("sum", `${checksum(header).toString(8).padStart(6, "0")}\0 `);
  return header;
}

function writeBinarySize(header: Buffer, sizeBytes: number): void {
  const [start, length] = fields.size;
  header.fill(0, start, start + length);
  header[start] = 0x80;
  header.writeBigUInt64BE(BigInt(sizeBytes), start + length - 8);
}

/** The sum of all bytes, its own field taken as blanks. */
function checksum(header: Buffer): number {
  const [start, length] = fields.sum;
  return header.reduce((sum, byte, index) => sum + (index >= start && index < start + length ? 0x20 : byte), 0);
}

/** The size of the file that must come now: whatever else the header says, it must be what we would have written. */
function readTarHeader(header: Buffer, name: ArchiveFile): number {
  if (header.length !== BLOCK) throw foreign();
  const sizeBytes = readSize(header.subarray(fields.size[0], fields.size[0] + fields.size[1]));
  if (sizeBytes === null || !tarHeader(name, sizeBytes).equals(header)) throw foreign();
  return sizeBytes;
}

function readSize(field: Buffer): number | null {
  const text = field.toString("latin1");
  if (/^[0-7]{11}\0$/u.test(text)) return Number.parseInt(text.slice(0, 11), 8);
  const size = Number(field.readBigUInt64BE(field.length - 8));
  return field[0] === 0x80 && size <= MAX_FILE_BYTES ? size : null;
}

const foreign = () => invalid("What is in this backup is not what Causeway writes. Nothing of it was taken.");
