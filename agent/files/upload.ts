/** One upload at the endpoint: a part file beside its target that grows by verified slices and is renamed when whole. */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, statfs } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { removeIfThere } from "./copy-file.ts";
import { endpointName, endpointPath, joinPath, shownPath } from "./endpoint-path.ts";
import { fileError, isErrorNumber } from "./error-words.ts";
import { pathText } from "./path-text.ts";
import type { PinnedDirectory } from "./pinned-directory.ts";
import { numberedName, putInPlace } from "./put-in-place.ts";
import { hashRange, readBuffers, readRange } from "./send-range.ts";
import type { SliceWriter } from "./slice-writer.ts";
import type { UploadJournal, UploadRecord, VerifiedSlice } from "./upload-journal.ts";

/** The name under which a part lies in the target folder. */
export function partName(transfer: string): Buffer {
  return Buffer.from(`.causeway-${transfer}.part`);
}

export interface Finished {
  readonly path: string;
  readonly sha256: string;
}

export class Upload implements AsyncDisposable {
  readonly #verified = new Map<number, number>();
  readonly #writing = new Map<number, SliceWriter>();
  readonly #hasher = new Bun.CryptoHasher("sha256");
  readonly #readBuffers = readBuffers();
  #hashedBytes = 0;
  #verifiedBytes = 0;
  /** Hashing what is on disk, one slice after the other. */
  #hashing: Promise<void> = Promise.resolve();
  #finishing: Promise<Finished> | null = null;
  /** Slices being taken. */
  readonly #taking = new Set<Promise<void>>();
  #discarding: Promise<void> | null = null;

  private constructor(
    readonly record: UploadRecord,
    private readonly directory: PinnedDirectory,
    private readonly file: FileHandle,
    private readonly journal: UploadJournal,
  ) {}

  /** Begins a new upload: its part file is there, and nothing else. */
  static async begin(
    record: Omit<UploadRecord, "part">,
    directory: PinnedDirectory,
    journal: UploadJournal,
  ): Promise<Upload> {
    const path = joinPath(endpointPath(record.directory), endpointName(record.name));
    await requireSpace(directory, record.sizeBytes, path);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const part = directory.child(partName(record.transfer));
    try {
      const file = await open(part, flags, 0o600);
      const whole = { ...record, part: await identityOf(file) };
      await journal.clearSlices(record.transfer);
      await journal.write(whole);
      return new Upload(whole, directory, file, journal);
    } catch (error) {
      throw fileError(error, shownPath(path));
    }
  }

  /**
   * Goes on with an upload of an agent that is no more. Every slice is read and hashed again: what counts is on the disk.
   * null: its part file is gone or no longer ours, so there is nothing to go on with.
   */
  static async resume(
    record: UploadRecord,
    directory: PinnedDirectory,
    journal: UploadJournal,
  ): Promise<Upload | null> {
    const file = await openPart(directory, record);
    if (file === null) return null;
    const upload = new Upload(record, directory, file, journal);
    for (const slice of await journal.slices(record.transfer)) {
      if (slice.offset !== upload.#verifiedBytes || !(await upload.#isIntact(slice))) continue;
      upload.#verified.set(slice.offset, slice.length);
      upload.#advance();
    }
    return upload;
  }

  async #isIntact(slice: VerifiedSlice): Promise<boolean> {
    try {
      return (await hashRange(this.file, Buffer.from("/"), slice)) === slice.sha256;
    } catch (error) {
      if (error instanceof AppError && error.code === "file.changed") return false;
      throw error;
    }
  }

  /** Every byte before this one is verified and written. */
  get verifiedBytes(): number {
    return this.#verifiedBytes;
  }
  get path(): Buffer {
    return joinPath(endpointPath(this.record.directory), endpointName(this.record.name));
  }

  /** Takes one slice. A slice that is verified already is not taken again; a newer sending of one replaces the older. */
  async take(slice: VerifiedSlice, writer: SliceWriter): Promise<number> {
    this.#requireFitting(slice);
    this.#requireWanted();
    if (this.#verified.has(slice.offset)) return this.#verifiedBytes;
    this.#writing.get(slice.offset)?.stop(new AppError("channel.lost", "The part was sent again meanwhile."));
    this.#writing.set(slice.offset, writer);
    const taking = this.#write(slice, writer);
    this.#taking.add(taking);
    try {
      await taking;
    } finally {
      this.#taking.delete(taking);
    }
    this.#verified.set(slice.offset, slice.length);
    this.#advance();
    return this.#verifiedBytes;
  }

  async #write(slice: VerifiedSlice, writer: SliceWriter): Promise<void> {
    try {
      await writer.writeTo(this.file);
      this.#requireWanted();
      // A newer sending of the same part may have written over this one's bytes: only the newest counts.
      if (this.#writing.get(slice.offset) !== writer)
        throw new AppError("channel.lost", "The part was sent again meanwhile.");
      await this.journal.addSlice(this.record.transfer, slice);
    } catch (error) {
      throw fileError(error, shownPath(this.path));
    } finally {
      if (this.#writing.get(slice.offset) === writer) this.#writing.delete(slice.offset);
    }
  }

  #requireWanted(): void {
    if (this.#discarding !== null) throw new AppError("transfer.cancelled", "The upload was cancelled.");
  }

  #requireFitting({ offset, length }: VerifiedSlice): void {
    const expected = Math.min(SLICE_BYTES, this.record.sizeBytes - offset);
    if (offset % SLICE_BYTES === 0 && length === expected) return;
    throw new AppError("request.invalid", "A part of the file was cut in the wrong place. Upload the file again.");
  }

  /** Moves the verified end on and hashes the whole file up to it behind the scenes. */
  #advance(): void {
    for (let length = this.#verified.get(this.#verifiedBytes); length !== undefined;) {
      this.#verifiedBytes += length;
      length = this.#verified.get(this.#verifiedBytes);
    }
    this.#hashing = this.#hashing.then(() => this.#hashTo(this.#verifiedBytes));
    // Whoever finishes awaits it and is told; until then a failure has nobody to tell.
    this.#hashing.catch(() => undefined);
  }

  async #hashTo(end: number): Promise<void> {
    const range = { offset: this.#hashedBytes, length: end - this.#hashedBytes };
    for await (const chunk of readRange(this.file, this.path, range, this.#readBuffers)) this.#hasher.update(chunk);
    this.#hashedBytes = end;
  }

  /**
   * Gives the whole file its final name, flushed to the disk before and after. Asked twice at once, it is done once.
   * @throws {AppError} request.conflict while something is missing, file.exists where the name was taken meanwhile.
   */
  async finish(): Promise<Finished> {
    this.#finishing ??= this.#finish();
    try {
      return await this.#finishing;
    } finally {
      this.#finishing = null;
    }
  }

  async #finish(): Promise<Finished> {
    const { record, directory } = this;
    if (this.#verifiedBytes !== record.sizeBytes)
      throw new AppError("request.conflict", `${shownPath(this.path)} is not whole yet. Send the rest of it first.`);
    try {
      await this.#hashing;
      const sha256 = this.#hasher.copy().digest("base64url");
      await this.journal.write({ ...record, sha256 });
      await this.#giveAttributes();
      await this.file.sync();
      this.#requireWanted();
      await requireOurs(directory, record);
      const place = (name: Buffer) => directory.child(name);
      const name = await putInPlace(
        place(partName(record.transfer)),
        endpointName(record.name),
        record.conflict,
        place,
      );
      await directory.flush();
      const path = pathText(joinPath(endpointPath(record.directory), name));
      await this.journal.write({ ...record, sha256, finishedPath: path });
      return { path, sha256 };
    } catch (error) {
      throw fileError(error, shownPath(this.path));
    }
  }

  /** A file that is replaced keeps its mode and owner; a new one gets what the umask leaves. */
  async #giveAttributes(): Promise<void> {
    const replaced = this.record.conflict === "overwrite" ? await lookAtReplaced(this.directory, this.record) : null;
    if (replaced !== null) await chownIfAllowed(this.file, replaced.uid, replaced.gid);
    await this.file.chmod(replaced === null ? 0o666 & ~process.umask() : replaced.mode & 0o777);
    const { modifiedAt } = this.record;
    const time = modifiedAt === null ? Number.NaN : Date.parse(modifiedAt);
    if (!Number.isNaN(time)) await this.file.utimes(time / 1000, time / 1000);
  }

  /** Removes what was written, once nothing writes to it any more. A file that has just got its name keeps it. */
  async discard(): Promise<void> {
    this.#discarding ??= this.#discard();
    await this.#discarding;
  }

  async #discard(): Promise<void> {
    for (const writer of this.#writing.values())
      writer.stop(new AppError("transfer.cancelled", "The upload was cancelled."));
    await removeIfThere(this.directory.child(partName(this.record.transfer)));
    await Promise.allSettled([...this.#taking, this.#finishing]);
    await this.journal.remove(this.record.transfer);
  }

  /** Closes what is open; the part and the journal stay, so that it can be gone on with. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const writer of this.#writing.values()) writer.stop(new AppError("channel.lost", "The agent stopped."));
    // Nothing may still be on its way to a descriptor's number when another file could get it.
    await Promise.allSettled([this.#hashing, this.#finishing]);
    this.directory[Symbol.dispose]();
    await this.file.close();
  }
}

async function identityOf(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat({ bigint: true });
  return `${dev}-${ino}`;
}

async function openPart(directory: PinnedDirectory, record: UploadRecord): Promise<FileHandle | null> {
  try {
    const file = await open(
      directory.child(partName(record.transfer)),
      constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    if ((await file.stat()).isFile() && (await identityOf(file)) === record.part) return file;
    await file.close();
    return null;
  } catch (error) {
    if (isErrorNumber(error, "ENOENT", "ELOOP", "EISDIR", "ENXIO")) return null;
    throw fileError(error, shownPath(endpointPath(record.directory)));
  }
}

/** Where the kill came between the rename and the word of it: the name under which our part now stands. */
export async function findPlaced(directory: PinnedDirectory, record: UploadRecord): Promise<Buffer | null> {
  const name = endpointName(record.name);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : numberedName(name, number);
    try {
      const { dev, ino } = await lstat(directory.child(candidate), { bigint: true });
      if (`${dev}-${ino}` === record.part) return candidate;
    } catch (error) {
      if (isErrorNumber(error, "ENOENT")) return null;
      throw error;
    }
    if (record.conflict !== "keep-both") return null;
  }
}

async function requireOurs(directory: PinnedDirectory, record: UploadRecord): Promise<void> {
  const { dev, ino } = await lstat(directory.child(partName(record.transfer)), { bigint: true });
  if (`${dev}-${ino}` === record.part) return;
  throw new AppError("file.changed", "Somebody replaced the unfinished file on the remote computer. Upload it again.");
}

async function requireSpace(directory: PinnedDirectory, sizeBytes: number, path: Buffer): Promise<void> {
  const { bavail, bfree, bsize, blocks } = await statfs(directory.self);
  const freeBytes = (process.getuid?.() === 0 ? bfree : bavail) * bsize;
  // Some network disks tell nothing of their size.
  if (blocks === 0 || sizeBytes <= freeBytes) return;
  throw new AppError(
    "file.no_space",
    `${shownPath(path)} needs ${megabytes(sizeBytes)} and the remote disk has ${megabytes(freeBytes)} left. Free some space and try again.`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

async function lookAtReplaced(
  directory: PinnedDirectory,
  record: UploadRecord,
): Promise<{ readonly mode: number; readonly uid: number; readonly gid: number } | null> {
  try {
    const stats = await lstat(directory.child(endpointName(record.name)));
    return stats.isFile() ? stats : null;
  } catch (error) {
    if (isErrorNumber(error, "ENOENT")) return null;
    throw error;
  }
}

async function chownIfAllowed(file: FileHandle, uid: number, gid: number): Promise<void> {
  try {
    await file.chown(uid, gid);
  } catch (error) {
    if (!isErrorNumber(error, "EPERM", "EINVAL", "ENOTSUP", "EOPNOTSUPP")) throw error;
  }
}
