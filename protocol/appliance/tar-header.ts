/** The header of one entry of a ustar archive (POSIX 1003.1-1990), in the one form that bundles use. */

/** Headers and the padding of entries come in these. */
export const TAR_BLOCK_BYTES = 512;

const NAME = { at: 0, length: 100 } as const;
const SIZE = { at: 124, length: 12 } as const;
const CHECKSUM = { at: 148, length: 8 } as const;
const TYPE_AT = 156;
const LINK_NAME = { at: 157, length: 100 } as const;
const MAGIC = { at: 257, length: 8 } as const;
const PREFIX = { at: 345, length: 155 } as const;

/** What a header says: a plain file of that name and size. */
export interface TarHeader {
  readonly name: string;
  readonly sizeBytes: number;
}

/** @returns null for anything but a plain file without links, folders, extensions or a wrong checksum */
export function readTarHeader(block: Uint8Array): TarHeader | null {
  const text = (field: { at: number; length: number }): string =>
    new TextDecoder("latin1").decode(block.subarray(field.at, field.at + field.length));
  if (block.length !== TAR_BLOCK_BYTES || text(MAGIC) !== "ustar\x0000") return null;
  const checksum = readOctal(text(CHECKSUM));
  const sizeBytes = readOctal(text(SIZE));
  const isPlainFile = block[TYPE_AT] === 0x30 && block[LINK_NAME.at] === 0 && block[PREFIX.at] === 0;
  if (!isPlainFile || sizeBytes === null || checksum !== sumOf(block)) return null;
  return { name: text(NAME).replace(/\0+$/u, ""), sizeBytes };
}

/** Digits, then zero bytes or spaces; numbers past eleven digits have another form, which no bundle needs. */
function readOctal(field: string): number | null {
  const digits = /^([0-7]{1,11})[\0 ]{1,11}$/u.exec(field)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 8);
}

/** The sum of all bytes, those of the checksum itself counted as spaces. */
function sumOf(block: Uint8Array): number {
  let sum = CHECKSUM.length * 0x20;
  for (const [index, byte] of block.entries()) {
    if (index < CHECKSUM.at || index >= CHECKSUM.at + CHECKSUM.length) sum += byte;
  }
  return sum;
}
