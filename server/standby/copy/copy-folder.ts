/**
 * The standby's files: a base copy of the database's file and the write-ahead log as it was shipped, byte for byte. Nothing
 * is applied by us; SQLite's own recovery makes a database of the two. INVARIANT: `copy/` is at every moment a database as
 * the primary once had it; a new one grows in `coming/` and takes its place in one rename when it is whole.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../../protocol/errors.ts";
import { BASE_SALTS, type LogPosition } from "../../../protocol/standby.ts";
import { DATABASE_FILE } from "../../database/database.ts";
import { KEY_FILE } from "../../secrets/secrets.ts";
import { syncFolder } from "../pair-file.ts";
import { readWalHeader, WAL_HEADER_BYTES, WalScanner } from "../source/wal.ts";

/** Below the data directory. */
const FOLDER = "standby";
const COPY = "copy";
const COMING = "coming";
const LEAVING = "leaving";
const STATE_FILE = "state.json";
const LOG_FILE = `${DATABASE_FILE}-wal`;
/** Kept free beside what a copy needs. */
const RESERVE_BYTES = 64 << 20;
const READ_BYTES = 1 << 20;
const BASE_SYNC_BYTES = 32 << 20;

/** Which generation the log is of; and while one is brought home, the one that comes after it. */
const State = Type.Object({ salts: Type.String(), rollsTo: Type.Union([Type.Null(), Type.String()]) });
type State = Static<typeof State>;

/** Brings a database's log home; in the serving process's place, where it takes long. */
export type BringHome = (file: string) => Promise<void>;

/** One copy that is written to; null where there is none. */
interface OpenCopy {
  readonly folder: string;
  state: State;
  log: FileHandle;
  scanner: WalScanner | null;
  /** How much of the log lies on the disk for good. */
  syncedBytes: number;
}

export class CopyFolder implements AsyncDisposable {
  readonly #root: string;
  #open: OpenCopy | null = null;
  #base: { readonly file: FileHandle; readonly salts: string; written: number } | null = null;
  /** How much of its log the base needs to be whole; null: it is, or there is none. */
  #neededLogBytes: number | null = null;
  constructor(
    directory: string,
    private readonly bringHome: BringHome,
  ) {
    this.#root = join(directory, FOLDER);
  }

  /** Where the whole copy lies. */
  get path(): string {
    return join(this.#root, COPY);
  }

  get isWhole(): boolean {
    return existsSync(join(this.path, STATE_FILE));
  }

  /** How far the copy goes, on the disk; null: there is no whole one. */
  get position(): LogPosition | null {
    if (this.#open === null || this.#neededLogBytes !== null) return null;
    return { salts: this.#open.state.salts, ...scanned(this.#open.scanner) };
  }

  /** Which generation is written now, of a whole copy or a coming one; null: none. */
  get salts(): string | null {
    return this.#open?.state.salts ?? null;
  }

  /** What was written but not yet brought to the disk counts for nothing after a power cut. */
  get syncedBytes(): number {
    return this.#open?.syncedBytes ?? 0;
  }

  /** Takes up what lies there: after a start, or after something went wrong. */
  async open(): Promise<void> {
    await this.close();
    const coming = join(this.#root, COMING);
    // A power cut between the two renames of #takePlace.
    if (!existsSync(this.path) && readState(coming) !== null) renameSync(coming, this.path);
    for (const folder of [coming, join(this.#root, LEAVING)]) rmSync(folder, { recursive: true, force: true });
    const state = readState(this.path);
    if (state === null) return;
    if (state.rollsTo !== null) await this.#finishRoll(this.path, state);
    this.#open = await openCopy(this.path, readState(this.path)!);
  }

  /** Begins a new base copy; the one that is there stays until this one is whole. @throws {AppError} storage.full */
  async beginBase(salts: string, sizeBytes: number, secretKey: string): Promise<void> {
    await this.close();
    const folder = join(this.#root, COMING);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await requireSpace(folder, sizeBytes);
    writeFileSync(join(folder, KEY_FILE), Buffer.from(secretKey, "base64url"), { mode: 0o600, flush: true });
    this.#base = { file: await open(join(folder, DATABASE_FILE), "w", 0o600), salts, written: 0 };
  }

  async writeBase(offset: number, bytes: Uint8Array): Promise<void> {
    if (this.#base === null || offset !== this.#base.written) throw new Error("a piece of the copy is out of place");
    await writeWhole(this.#base.file, bytes, offset);
    this.#base.written += bytes.length;
    // Bit by bit: one sync of gigabytes at the end would hold up every other one on the machine.
    if (this.#base.written % BASE_SYNC_BYTES < bytes.length) await this.#base.file.datasync();
  }

  /** The file is there; it is whole with so much of the log. */
  async endBase(logBytes: number): Promise<void> {
    if (this.#base === null) throw new Error("a copy ends that has not begun");
    const { file, salts } = this.#base;
    await file.sync();
    await file.close();
    this.#base = null;
    this.#neededLogBytes = logBytes;
    this.#open = await openCopy(join(this.#root, COMING), { salts, rollsTo: null });
  }

  /** Appends to the log. @throws {Error} when it is not what comes next, or not as SQLite wrote it */
  async append(salts: string, offset: number, bytes: Uint8Array): Promise<void> {
    const copy = this.#open;
    if (copy === null || salts !== copy.state.salts || offset !== (copy.scanner?.validBytes ?? 0))
      throw new Error("a piece of the log is out of place");
    let frames = bytes;
    if (offset === 0) {
      const header = readWalHeader(bytes);
      if (header?.salts !== salts) throw new Error("the log begins with something else");
      copy.scanner = new WalScanner(header);
      frames = bytes.subarray(WAL_HEADER_BYTES);
    }
    if (copy.scanner!.scan(frames) !== frames.length) throw new Error("a piece of the log was altered on its way");
    await writeWhole(copy.log, bytes, offset);
  }

  /**
   * Brings what was appended to the disk.
   * @returns whether a new copy has become whole by it and taken the place of the one before
   */
  async sync(): Promise<boolean> {
    const copy = this.#open;
    if (copy === null) return false;
    const { bytes } = scanned(copy.scanner);
    if (bytes > copy.syncedBytes) await copy.log.sync();
    copy.syncedBytes = bytes;
    if (this.#neededLogBytes === null || bytes < this.#neededLogBytes) return false;
    await this.#takePlace(copy);
    return true;
  }

  /** The primary's log begins again: what is here of the old one is brought home, and it begins here, too. */
  async roll(bytes: number, salts: string): Promise<void> {
    const copy = this.#open;
    if (copy === null || this.#neededLogBytes !== null) throw new Error("a log begins again that was not followed");
    await this.sync();
    if (copy.syncedBytes !== bytes) throw new Error("a log begins again of which something is missing");
    writeState(copy.folder, { ...copy.state, rollsTo: salts });
    await this.close();
    await this.#finishRoll(copy.folder, readState(copy.folder)!);
    this.#open = await openCopy(copy.folder, readState(copy.folder)!);
  }

  /**
   * Stops writing, for good: the copy is made ready to take its place. Where that fails all of it is there still: open()
   * takes it up, and it may be settled again.
   * @param prepare makes one file of the database and its log
   * @throws {Error} when there is no whole copy, or it cannot be opened
   */
  async settle(prepare: BringHome): Promise<string> {
    await this.sync();
    await this.close();
    const state = readState(this.path);
    if (state === null) throw new Error("there is no whole copy");
    // INVARIANT: until its log was brought home a copy is called after it; another name would have open() cut it off, and what
    // was acknowledged with it. No generation is called like the one that follows: it cannot be gone on from.
    writeState(this.path, { salts: state.salts, rollsTo: BASE_SALTS });
    await prepare(join(this.path, DATABASE_FILE));
    return this.path;
  }

  /** Removes everything. */
  async remove(): Promise<void> {
    await this.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Takes them up again, if that is to be done. */
  async openAgain(): Promise<void> {
    if (this.#open === null && this.#base === null) await this.open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Lets go of the files; open() takes them up again. */
  async close(): Promise<void> {
    const [copy, base] = [this.#open, this.#base];
    this.#open = null;
    this.#base = null;
    this.#neededLogBytes = null;
    await copy?.log.close();
    await base?.file.close();
  }

  async #takePlace(copy: OpenCopy): Promise<void> {
    writeState(copy.folder, copy.state);
    await copy.log.close();
    const leaving = join(this.#root, LEAVING);
    if (existsSync(this.path)) renameSync(this.path, leaving);
    renameSync(copy.folder, this.path);
    syncFolder(this.#root);
    rmSync(leaving, { recursive: true, force: true });
    this.#neededLogBytes = null;
    this.#open = await openCopy(this.path, copy.state);
  }

  async #finishRoll(folder: string, state: State): Promise<void> {
    await this.bringHome(join(folder, DATABASE_FILE));
    writeState(folder, { salts: state.rollsTo ?? state.salts, rollsTo: null });
  }
}

const scanned = (scanner: WalScanner | null): { bytes: number; checksum: string } => ({
  ...{ bytes: scanner?.committedBytes ?? 0, checksum: scanner?.committedChecksum ?? "" },
});

/** Opens a copy's log and follows what is in it; what a power cut tore is cut off. */
async function openCopy(folder: string, state: State): Promise<OpenCopy> {
  const log = await open(join(folder, LOG_FILE), existsSync(join(folder, LOG_FILE)) ? "r+" : "w+", 0o600);
  try {
    const found = await follow(log, state.salts);
    const { bytes } = scanned(found);
    await log.truncate(bytes);
    await log.sync();
    const scanner = bytes === 0 ? null : await follow(log, state.salts);
    return { folder, state, log, scanner, syncedBytes: bytes };
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function follow(log: FileHandle, salts: string): Promise<WalScanner | null> {
  const head = Buffer.alloc(WAL_HEADER_BYTES);
  await log.read(head, 0, WAL_HEADER_BYTES, 0);
  const header = readWalHeader(head);
  if (header?.salts !== salts) return null;
  const scanner = new WalScanner(header);
  const buffer = Buffer.alloc(Math.max(1, Math.floor(READ_BYTES / scanner.frameBytes)) * scanner.frameBytes);
  for (;;) {
    const { bytesRead } = await log.read(buffer, 0, buffer.length, scanner.validBytes);
    if (scanner.scan(buffer.subarray(0, bytesRead)) < buffer.length) return scanner;
  }
}

/** A disk that is nearly full takes a part, and refuses the next one alone. */
async function writeWhole(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
}

function readState(folder: string): State | null {
  const file = join(folder, STATE_FILE);
  if (!existsSync(file)) return null;
  return Value.Parse(State, JSON.parse(readFileSync(file, "utf8")));
}

function writeState(folder: string, state: State): void {
  const file = join(folder, STATE_FILE);
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  syncFolder(folder);
}

async function requireSpace(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= sizeBytes + RESERVE_BYTES) return;
  throw new AppError(
    "storage.full",
    `The disk of the standby is too full: a copy needs ${Math.ceil(sizeBytes / 1e6)} MB. Make the disk larger, or keep less.`,
  );
}
