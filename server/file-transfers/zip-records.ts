/**
 * The records of a zip file (PKWARE APPNOTE 6.3.10), files stored as they are. Pure. Sizes past 4 GiB and more than
 * 65,535 entries use Zip64. Where a file's CRC is only known after its bytes, a data descriptor follows them.
 */

export interface ZipEntry {
  /** With "/" between parts; a folder's ends with "/". */
  readonly name: string;
  readonly sizeBytes: number;
  /** null while it is not known: the data descriptor tells it. */
  readonly crc32: number | null;
  readonly modifiedAt: Date;
}

const MAX_32 = 0xffff_ffff;
const VERSION = 45;
/** Bit 3: sizes and CRC follow in a data descriptor; bit 11: names are UTF-8. */
const Flag = { descriptor: 1 << 3, utf8: 1 << 11 } as const;
const MADE_ON_UNIX = 3 << 8;
const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o040755;

function isBig(entry: ZipEntry): boolean {
  return entry.sizeBytes >= MAX_32;
}
function isFolder(entry: ZipEntry): boolean {
  return entry.name.endsWith("/");
}

/** What stands before a file's bytes. */
export function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name);
  const extra = Buffer.concat([
    timeExtra(entry),
    isBig(entry) ? zip64Extra([knownSize(entry), knownSize(entry)]) : Buffer.alloc(0),
  ]);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  writeCommon(header, 4, entry, isBig(entry) ? MAX_32 : knownSize(entry), entry.crc32 ?? 0);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

/** Zero where the descriptor will tell it (4.4.4). */
function knownSize(entry: ZipEntry): number {
  return entry.crc32 === null ? 0 : entry.sizeBytes;
}

/** version needed, flags, method 0, time, date, CRC, both sizes: 22 bytes. */
function writeCommon(into: Buffer, at: number, entry: ZipEntry, size: number, crc32: number): void {
  const { time, date } = dosTime(entry.modifiedAt);
  into.writeUInt16LE(VERSION, at);
  into.writeUInt16LE(Flag.utf8 | (entry.crc32 === null ? Flag.descriptor : 0), at + 2);
  into.writeUInt16LE(time, at + 6);
  into.writeUInt16LE(date, at + 8);
  into.writeUInt32LE(crc32, at + 10);
  into.writeUInt32LE(size, at + 14);
  into.writeUInt32LE(size, at + 18);
}

/** What stands after the bytes of a file whose CRC was not known before. */
export function dataDescriptor(entry: ZipEntry, crc32: number): Buffer {
  const descriptor = Buffer.alloc(isBig(entry) ? 24 : 16);
  descriptor.writeUInt32LE(0x0807_4b50, 0);
  descriptor.writeUInt32LE(crc32, 4);
  if (isBig(entry)) {
    descriptor.writeBigUInt64LE(BigInt(entry.sizeBytes), 8);
    descriptor.writeBigUInt64LE(BigInt(entry.sizeBytes), 16);
  } else {
    descriptor.writeUInt32LE(entry.sizeBytes, 8);
    descriptor.writeUInt32LE(entry.sizeBytes, 12);
  }
  return descriptor;
}

/** A file's line in the list at the end. `offset`: where its local header began. */
export function centralRecord(entry: ZipEntry, crc32: number, offset: number): Buffer {
  const isOffsetBig = offset >= MAX_32;
  const big = [...(isBig(entry) ? [entry.sizeBytes, entry.sizeBytes] : []), ...(isOffsetBig ? [offset] : [])];
  const name = Buffer.from(entry.name);
  const extra = Buffer.concat([timeExtra(entry), big.length === 0 ? Buffer.alloc(0) : zip64Extra(big)]);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x0201_4b50, 0);
  record.writeUInt16LE(MADE_ON_UNIX | VERSION, 4);
  writeCommon(record, 6, entry, isBig(entry) ? MAX_32 : entry.sizeBytes, crc32);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE((((isFolder(entry) ? FOLDER_MODE : FILE_MODE) << 16) | (isFolder(entry) ? 0x10 : 0)) >>> 0, 38);
  record.writeUInt32LE(isOffsetBig ? MAX_32 : offset, 42);
  return Buffer.concat([record, name, extra]);
}

/** The file's end: always with the Zip64 records, which every reader of the last twenty years knows. */
export function endRecords(entries: number, listOffset: number, listBytes: number): Buffer {
  const zip64 = Buffer.alloc(56 + 20);
  zip64.writeUInt32LE(0x0606_4b50, 0);
  zip64.writeBigUInt64LE(44n, 4);
  zip64.writeUInt16LE(MADE_ON_UNIX | VERSION, 12);
  zip64.writeUInt16LE(VERSION, 14);
  zip64.writeBigUInt64LE(BigInt(entries), 24);
  zip64.writeBigUInt64LE(BigInt(entries), 32);
  zip64.writeBigUInt64LE(BigInt(listBytes), 40);
  zip64.writeBigUInt64LE(BigInt(listOffset), 48);
  zip64.writeUInt32LE(0x0706_4b50, 56);
  zip64.writeBigUInt64LE(BigInt(listOffset + listBytes), 64);
  zip64.writeUInt32LE(1, 72);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(entries, 0xffff), 8);
  end.writeUInt16LE(Math.min(entries, 0xffff), 10);
  end.writeUInt32LE(Math.min(listBytes, MAX_32), 12);
  end.writeUInt32LE(Math.min(listOffset, MAX_32), 16);
  return Buffer.concat([zip64, end]);
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  values.forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 4 + index * 8));
  return extra;
}

/** The modification time in UTC seconds; the zip's own date field has no zone. Left out past 2038. */
function timeExtra({ modifiedAt }: ZipEntry): Buffer {
  const seconds = Math.floor(modifiedAt.getTime() / 1000);
  if (seconds < -0x8000_0000 || seconds > 0x7fff_ffff) return Buffer.alloc(0);
  const extra = Buffer.alloc(9);
  extra.writeUInt16LE(0x5455, 0);
  extra.writeUInt16LE(5, 2);
  extra.writeUInt8(1, 4);
  extra.writeInt32LE(seconds, 5);
  return extra;
}

/** MS-DOS date and time, 1980 to 2107, two seconds fine. */
function dosTime(at: Date): { readonly time: number; readonly date: number } {
  const year = Math.min(Math.max(at.getUTCFullYear(), 1980), 2107);
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}
