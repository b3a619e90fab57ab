/**
 * SQLite's write-ahead log as bytes (https://sqlite.org/fileformat2.html#the_write_ahead_log): a header, then frames, each
 * a page with a head of its own. A frame counts when it carries the header's salts and the running checksum over all before
 * it; a transaction counts from its last frame, which says how many pages the database then has. Pure.
 */
import { hexOf } from "../../../protocol/standby.ts";

export const WAL_HEADER_BYTES = 32;
export const FRAME_HEAD_BYTES = 24;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
const MAGIC_BIG_ENDIAN = 0x377f0683;
const FORMAT_VERSION = 3007000;
const MIN_PAGE_BYTES = 512;
const MAX_PAGE_BYTES = 65_536;

type Checksum = readonly [number, number];

export interface WalHeader {
  readonly pageBytes: number;
  /** Both salts, 16 hexadecimal digits: the name of this generation. */
  readonly salts: string;
  /** The same as two numbers, as they stand in each frame's head. */
  readonly saltWords: readonly [number, number];
  /** How the words that are summed are read; the numbers themselves are always big-endian. */
  readonly isLittleEndian: boolean;
  readonly checksum: Checksum;
}

/** The header of a log; null: these bytes begin none. */
export function readWalHeader(bytes: Uint8Array): WalHeader | null {
  if (bytes.length < WAL_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, WAL_HEADER_BYTES);
  const magic = view.getUint32(0);
  const pageBytes = view.getUint32(8);
  const isPage = pageBytes >= MIN_PAGE_BYTES && pageBytes <= MAX_PAGE_BYTES && (pageBytes & (pageBytes - 1)) === 0;
  if ((magic !== MAGIC_LITTLE_ENDIAN && magic !== MAGIC_BIG_ENDIAN) || view.getUint32(4) !== FORMAT_VERSION || !isPage)
    return null;
  const isLittleEndian = magic === MAGIC_LITTLE_ENDIAN;
  const checksum = sum(view, 0, 24, [0, 0], isLittleEndian);
  if (checksum[0] !== view.getUint32(24) || checksum[1] !== view.getUint32(28)) return null;
  const saltWords = [view.getUint32(16), view.getUint32(20)] as const;
  return { pageBytes, salts: hexOf(bytes.subarray(16, 24)), saltWords, isLittleEndian, checksum };
}

/** Follows one generation of a log, frame by frame. */
export class WalScanner {
  /** Up to here everything is a whole, valid frame. */
  validBytes = WAL_HEADER_BYTES;
  /** Up to here it is committed; 0: nothing is. */
  committedBytes = 0;
  #committed: Checksum;
  #running: Checksum;
  constructor(readonly header: WalHeader) {
    this.#running = header.checksum;
    this.#committed = header.checksum;
  }

  get frameBytes(): number {
    return FRAME_HEAD_BYTES + this.header.pageBytes;
  }

  /** The checksum of the last committed frame: with the salts it names all of the log up to there. "": none is. */
  get committedChecksum(): string {
    if (this.committedBytes === 0) return "";
    return this.#committed.map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  /** Whether this head of a frame, of FRAME_HEAD_BYTES, is of this generation: most often there is none yet. */
  isOurs(head: Uint8Array): boolean {
    if (head.length < FRAME_HEAD_BYTES) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const [first, second] = this.header.saltWords;
    return view.getUint32(8) === first && view.getUint32(12) === second;
  }

  /**
   * Takes what stands at `validBytes` in the log.
   * @returns how many bytes were whole, valid frames; what follows is torn, older, or not there yet
   */
  scan(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; at + this.frameBytes <= bytes.length; at += this.frameBytes) {
      const { isLittleEndian, pageBytes, saltWords } = this.header;
      if (view.getUint32(at + 8) !== saltWords[0] || view.getUint32(at + 12) !== saltWords[1]) break;
      const ofHead = sum(view, at, 8, this.#running, isLittleEndian);
      const checksum = sum(view, at + FRAME_HEAD_BYTES, pageBytes, ofHead, isLittleEndian);
      if (checksum[0] !== view.getUint32(at + 16) || checksum[1] !== view.getUint32(at + 20)) break;
      this.#running = checksum;
      this.validBytes += this.frameBytes;
      if (view.getUint32(at + 4) === 0) continue;
      this.committedBytes = this.validBytes;
      this.#committed = checksum;
    }
    return at;
  }
}

function sum(view: DataView, from: number, length: number, [first, second]: Checksum, isLittle: boolean): Checksum {
  let [a, b] = [first, second];
  for (let at = from; at < from + length; at += 8) {
    a = (a + view.getUint32(at, isLittle) + b) >>> 0;
    b = (b + view.getUint32(at + 4, isLittle) + a) >>> 0;
  }
  return [a, b];
}
