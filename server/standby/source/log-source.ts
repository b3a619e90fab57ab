/**
 * The primary's write-ahead log as a standby is fed from it: what is committed, piece by piece, generation after generation.
 * The log is read with plain reads, frame by frame against its checksums; the hold keeps it in place.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type LogPosition, MAX_PIECE_BYTES } from "../../../protocol/standby.ts";
import { DATABASE_FILE } from "../../database/database.ts";
import type { LogHold } from "./hold-store.ts";
import { FRAME_HEAD_BYTES, readWalHeader, WAL_HEADER_BYTES, WalScanner } from "./wal.ts";

/** Past this the log begins again as soon as it can. */
export const ROLL_BYTES = 16 << 20;
/** A log that is held for a standby that is away grows to this and no further: then the standby needs a whole new copy. */
export const MAX_HELD_BYTES = 256 << 20;
/** What is brought home at a time, so that the server's loop is not held. */
const ADVANCE_BYTES = 1 << 20;
/** Read from the log in one turn of the loop. */
const LOOK_BYTES = 1 << 20;
/** Of the generation before, what was not acknowledged when it ended; with more than this it does not end. */
const MAX_TAIL_BYTES = 4 << 20;

/** Where in a frame's head its checksum stands. */
const CHECKSUM_AT = 16;
const CHECKSUM_BYTES = 8;

/** What comes next for a standby. */
export type NextPiece =
  | { readonly kind: "piece"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "rolled"; readonly bytes: number; readonly salts: string }
  | { readonly kind: "nothing" }
  /** This position cannot be gone on from. */
  | { readonly kind: "lost" };

/** A generation that has ended, as far as somebody may still need it. */
interface Ended {
  readonly salts: string;
  readonly bytes: number;
  readonly tailFrom: number;
  /** Of what is before the tail. */
  readonly tailChecksum: string | null;
  readonly tail: Uint8Array;
}

export class LogSource implements Disposable {
  readonly #file: number;
  readonly #hold: LogHold;
  #current: WalScanner;
  #previous: Ended | null = null;
  #advancedTo = 0;
  #isLost = false;
  private constructor(file: number, hold: LogHold, scanner: WalScanner) {
    this.#file = file;
    this.#hold = hold;
    this.#current = scanner;
  }

  /** Follows what the hold holds; null: there is no log to follow. */
  static open(directory: string, hold: LogHold): LogSource | null {
    let file: number;
    try {
      file = openSync(join(directory, `${DATABASE_FILE}-wal`), "r");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
    const header = readWalHeader(readAt(file, 0, WAL_HEADER_BYTES));
    if (header !== null) return new LogSource(file, hold, new WalScanner(header));
    closeSync(file);
    return null;
  }

  get salts(): string {
    return this.#current.header.salts;
  }

  /** Up to here the present generation is committed and was read. */
  get committedBytes(): number {
    return this.#current.committedBytes;
  }

  /** Somebody started the log over behind our back: only a whole new copy helps. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get position(): LogPosition {
    return { salts: this.salts, bytes: this.committedBytes, checksum: this.#current.committedChecksum };
  }

  /**
   * Reads what was added since, a megabyte at the most, and brings home what is before it.
   * @returns whether there may be more at once
   */
  look(): boolean {
    if (this.#isLost) return false;
    const isMore = this.#scanOnce();
    if (!this.#isLost && this.committedBytes - this.#advancedTo >= ADVANCE_BYTES) this.#advance();
    return isMore;
  }

  /** All that is committed at this moment. */
  lookToTheEnd(): void {
    while (this.look());
  }

  /** Whether a standby that holds this much can go on from it. */
  canResume({ salts, bytes, checksum }: LogPosition): boolean {
    if (this.#isLost) return false;
    const previous = this.#previous;
    if (previous !== null && salts === previous.salts) return checksum === this.#checksumBefore(previous, bytes);
    if (salts !== this.salts || bytes > this.committedBytes) return false;
    return bytes === 0 ? checksum === "" : checksum === this.#checksumAt(bytes);
  }

  /** What follows a position that can be gone on from. */
  next(salts: string, bytes: number): NextPiece {
    if (this.#isLost) return { kind: "lost" };
    const previous = this.#previous;
    if (salts === previous?.salts) {
      if (bytes === previous.bytes) return { kind: "rolled", bytes, salts: this.salts };
      if (bytes < previous.tailFrom) return { kind: "lost" };
      const from = bytes - previous.tailFrom;
      return { kind: "piece", offset: bytes, bytes: previous.tail.subarray(from, from + this.#pieceBytes(bytes)) };
    }
    if (salts !== this.salts) return { kind: "lost" };
    const length = Math.min(this.committedBytes - bytes, this.#pieceBytes(bytes));
    return length <= 0
      ? { kind: "nothing" }
      : { kind: "piece", offset: bytes, bytes: readAt(this.#file, bytes, length) };
  }

  /**
   * Lets the log begin again once it is long, and remembers what of it was not acknowledged.
   * @param acknowledged how far the one standby has it, in the present generation
   */
  rollIfLong(acknowledged: number): void {
    if (this.committedBytes < ROLL_BYTES || this.#isLost) return;
    this.lookToTheEnd();
    const { committedBytes, salts } = this;
    const tailBytes = committedBytes - acknowledged;
    if (this.#isLost || tailBytes > MAX_TAIL_BYTES || tailBytes < 0) return;
    const tail = tailBytes === 0 ? new Uint8Array() : readAt(this.#file, acknowledged, tailBytes);
    const ended = {
      salts,
      bytes: committedBytes,
      tailChecksum: this.#checksumAt(acknowledged),
      tailFrom: acknowledged,
      tail,
    };
    if (!this.#hold.roll(() => this.#isAtTheEnd())) return;
    this.#follow(ended);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  /** After the log began again: what is there now must be the very next generation. */
  #follow(ended: Ended): void {
    const header = readWalHeader(readAt(this.#file, 0, WAL_HEADER_BYTES));
    if (header?.salts === ended.salts) return;
    if (header === null || firstSalt(header.salts) !== (firstSalt(ended.salts) + 1) >>> 0) {
      this.#isLost = true;
      return;
    }
    this.#previous = ended;
    this.#current = new WalScanner(header);
    this.#advancedTo = 0;
    this.look();
  }

  #advance(): void {
    this.#advancedTo = this.committedBytes;
    this.#hold.advance();
  }

  #scanOnce(): boolean {
    const header = readWalHeader(readAt(this.#file, 0, WAL_HEADER_BYTES));
    if (header?.salts !== this.salts) {
      this.#isLost = true;
      return false;
    }
    const { frameBytes, validBytes } = this.#current;
    // Forty times a second, and most often there is nothing: a megabyte is read only where something has begun.
    if (!this.#current.isOurs(readAt(this.#file, validBytes, FRAME_HEAD_BYTES))) return false;
    const frames = Math.max(1, Math.floor(LOOK_BYTES / frameBytes));
    const read = readAt(this.#file, validBytes, frames * frameBytes);
    return this.#current.scan(read) === frames * frameBytes;
  }

  /** With the write lock held: whether all there is was read, and all of it is committed. */
  #isAtTheEnd(): boolean {
    const before = this.committedBytes;
    const isMore = this.#scanOnce();
    return !isMore && !this.#isLost && this.committedBytes === before;
  }

  #checksumBefore({ bytes, tail, tailFrom, tailChecksum }: Ended, at: number): string | null {
    if (at === tailFrom) return tailChecksum;
    const from = at - tailFrom - this.#current.frameBytes + CHECKSUM_AT;
    if (at > bytes || from < 0) return null;
    return Buffer.from(tail.subarray(from, from + CHECKSUM_BYTES)).toString("hex");
  }

  /** Whole frames; the header goes with the first ones. */
  #pieceBytes(from: number): number {
    const { frameBytes } = this.#current;
    const whole = Math.max(1, Math.floor((MAX_PIECE_BYTES - WAL_HEADER_BYTES) / frameBytes)) * frameBytes;
    return from === 0 ? WAL_HEADER_BYTES + whole : whole;
  }

  /** null: no frame ends there. */
  #checksumAt(bytes: number): string | null {
    const { frameBytes } = this.#current;
    if (bytes === this.committedBytes) return this.#current.committedChecksum;
    if (bytes < WAL_HEADER_BYTES + frameBytes || (bytes - WAL_HEADER_BYTES) % frameBytes !== 0) return null;
    return Buffer.from(readAt(this.#file, bytes - frameBytes + CHECKSUM_AT, CHECKSUM_BYTES)).toString("hex");
  }
}

const firstSalt = (salts: string): number => Number.parseInt(salts.slice(0, 8), 16);

function readAt(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, offset + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
