/** Uploads of one support session at the endpoint, and the clearing away of those nobody came back for. */
import { createHash } from "node:crypto";
import { lstat, open, readdir, readFile, readlink } from "node:fs/promises";
import { constants } from "node:fs";
import { channelWindows } from "../../protocol/channel.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ToolParams, ToolResult } from "../../protocol/messages.ts";
import type { ToolRequest } from "../session-tool.ts";
import { ByteRing } from "./byte-ring.ts";
import { removeIfThere } from "./copy-file.ts";
import { endpointName, endpointPath, joinPath, shownPath } from "./endpoint-path.ts";
import { isErrorNumber, withFileError } from "./error-words.ts";
import { pathText } from "./path-text.ts";
import { PinnedDirectory } from "./pinned-directory.ts";
import { SliceWriter } from "./slice-writer.ts";
import { findPlaced, partName, Upload } from "./upload.ts";
import { UploadJournal, type UploadRecord } from "./upload-journal.ts";

/** An unfinished upload that nobody went on with for so long is removed. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;
/** A finished one is remembered for so long, in case the word of it was lost. */
const FORGOTTEN_AFTER_MS = 10 * 60 * 1000;
/** An upload without a new part for so long no longer keeps others from the same path. */
const IDLE_AFTER_MS = 60_000;
/** Rings of 4 MiB kept between slices. */
const MAX_KEPT_RINGS = 4;
/** Uploads remembered as given up; of more, the oldest are forgotten. */
const MAX_KEPT_GIVEN_UP = 1000;
const STILL_WORKING_INTERVAL_MS = 10_000;

type Begin = ToolParams<"upload.begin">;

/** Where the journal of uploads lies. */
export function uploadsDirectory(stateDirectory: string): string {
  return `${stateDirectory}/uploads`;
}

export class Uploads implements AsyncDisposable {
  readonly #open = new Map<string, Promise<Upload>>();
  /** Memory of slices that are done, for those that come. */
  readonly #rings: ByteRing[] = [];
  /** Uploads that were given up: a beginning that is still on its way must not bring one back. */
  readonly #givenUp = new Set<string>();
  #hasEnded = false;
  readonly #journal: UploadJournal;
  readonly #directory: string;

  constructor(
    private readonly session: string,
    stateDirectory: string,
    private readonly now: () => Date,
  ) {
    this.#directory = uploadsDirectory(stateDirectory);
    this.#journal = new UploadJournal(this.#directory);
  }

  /** Begins an upload, or says how far one already begun is. */
  async begin({ params, progress }: ToolRequest<"upload.begin">): Promise<ToolResult<"upload.begin">> {
    using _ = stillWorking(progress);
    const path = joinPath(endpointPath(params.directory), endpointName(params.name));
    this.#requireWanted(params.transfer);
    const finished = await this.#finished(params.transfer);
    if (finished !== null) return { verifiedBytes: params.sizeBytes, isSkipped: false };
    if (!this.#open.has(params.transfer) && (await this.#isTaken(params, path)))
      return { verifiedBytes: 0, isSkipped: true };
    const upload = await this.#opened(params.transfer, () => this.#beginOrResume(params));
    if (!this.#isWanted(params.transfer)) await this.discard(params);
    this.#requireWanted(params.transfer);
    if (!isSameFile(upload.record, params))
      throw new AppError("request.conflict", "This upload is of another file. Begin a new one.");
    upload.record.conflict = params.conflict;
    await this.#journal.touch(params.transfer, this.now());
    return { verifiedBytes: upload.verifiedBytes, isSkipped: false };
  }

  #isWanted(transfer: string): boolean {
    return !this.#hasEnded && !this.#givenUp.has(transfer);
  }

  #requireWanted(transfer: string): void {
    if (this.#isWanted(transfer)) return;
    throw new AppError("transfer.cancelled", "This upload was cancelled. Begin a new one.");
  }

  /** Makes sure that an upload is opened once, however many ask for it at the same time. */
  async #opened(transfer: string, openIt: () => Promise<Upload>): Promise<Upload> {
    const opening = this.#open.get(transfer) ?? openIt();
    this.#open.set(transfer, opening);
    try {
      return await opening;
    } catch (error) {
      this.#open.delete(transfer);
      throw error;
    }
  }

  /** @returns true: the answer to a taken name is "skip". Throws what the person has to decide. */
  async #isTaken({ directory, name, conflict }: Begin, path: Buffer): Promise<boolean> {
    using target = await PinnedDirectory.at(endpointPath(directory));
    // Awaited here: the directory has to stay open until it is done.
    return await withFileError(shownPath(path), async () => {
      const isDirectory = await kindOfEntry(target.child(endpointName(name)));
      if (isDirectory === null) return false;
      if (conflict === "skip") return true;
      if (conflict === "keep-both") return false;
      if (conflict === "overwrite" && !isDirectory) return false;
      throw Object.assign(new Error("taken"), { code: conflict === "overwrite" ? "EISDIR" : "EEXIST" });
    });
  }

  async #beginOrResume(params: Begin): Promise<Upload> {
    await this.#journal.prepare();
    await this.#reserve(params);
    const directory = await PinnedDirectory.at(endpointPath(params.directory));
    try {
      const record = await this.#journal.read(params.transfer);
      const resumed =
        record === null || !isSameFile(record, params) ? null : await Upload.resume(record, directory, this.#journal);
      if (resumed !== null) return resumed;
      return await Upload.begin(
        { ...params, session: this.session, sha256: null, finishedPath: null },
        directory,
        this.#journal,
      );
    } catch (error) {
      directory[Symbol.dispose]();
      await this.#release(params);
      throw error;
    }
  }

  /** One slice; see protocol/messages/transfers.ts. The server closes the channel when it has the answer. */
  async slice(request: ToolRequest<"upload.slice">): Promise<ToolResult<"upload.slice">> {
    const { params, channel } = request;
    if (channel === null) throw new AppError("channel.unknown", "A part of an upload needs a channel.");
    // Before anything is awaited, so that no byte is missed.
    const ring = this.#rings.pop() ?? new ByteRing(channelWindows.transfer.toAgentBytes);
    const writer = new SliceWriter(channel, params, ring, request);
    try {
      const upload = await this.#require(params.transfer);
      return { verifiedBytes: await upload.take(params, writer) };
    } finally {
      // What its channel may still bring has no place in memory that serves another slice.
      channel.onData = () => undefined;
      ring.clear();
      if (this.#rings.length < MAX_KEPT_RINGS) this.#rings.push(ring);
    }
  }

  /** Puts a whole file in its place; asked again, it says the same again. */
  async finish({ params, progress }: ToolRequest<"upload.finish">): Promise<ToolResult<"upload.finish">> {
    using _ = stillWorking(progress);
    const { transfer } = params;
    const finished = await this.#finished(transfer);
    if (finished !== null) return finished;
    const upload = await this.#require(transfer);
    const result = await upload.finish();
    await this.#close(transfer);
    await this.#release(upload.record);
    return result;
  }

  /** Removes an upload and what was written of it; one that is not known is gone already. */
  async discard({ transfer }: ToolParams<"upload.discard">): Promise<ToolResult<"upload.discard">> {
    // Before anything is awaited: from here on nothing begins it or adds to it.
    this.#giveUp(transfer);
    const upload = await this.#open.get(transfer)?.catch(() => null);
    if (upload !== undefined && upload !== null) {
      await upload.discard();
      await this.#close(transfer);
      await this.#release(upload.record);
    } else await this.#discardRecorded(transfer);
    return {};
  }

  #giveUp(transfer: string): void {
    this.#givenUp.add(transfer);
    const [oldest] = this.#givenUp;
    if (this.#givenUp.size > MAX_KEPT_GIVEN_UP && oldest !== undefined) this.#givenUp.delete(oldest);
  }

  async #require(transfer: string): Promise<Upload> {
    this.#requireWanted(transfer);
    const upload = this.#open.get(transfer);
    if (upload === undefined)
      throw new AppError("transfer.unknown", "The agent has started anew. Go on with the upload.");
    return upload;
  }

  async #close(transfer: string): Promise<void> {
    const upload = await this.#open.get(transfer)?.catch(() => null);
    this.#open.delete(transfer);
    await upload?.[Symbol.asyncDispose]();
  }

  /** What is remembered of a finished upload, also where the agent was killed before it could say so. */
  async #finished(transfer: string): Promise<ToolResult<"upload.finish"> | null> {
    const record = await this.#journal.read(transfer);
    if (record === null || record.sha256 === null) return null;
    if (record.finishedPath !== null) return { path: record.finishedPath, sha256: record.sha256 };
    if (this.#open.has(transfer)) return null;
    using directory = await PinnedDirectory.at(endpointPath(record.directory));
    const name = await findPlaced(directory, record);
    if (name === null) return null;
    // Placed by a hard link, it may still have its first name too.
    await removeIfThere(directory.child(partName(transfer)));
    const path = pathText(joinPath(endpointPath(record.directory), name));
    await this.#journal.write({ ...record, finishedPath: path });
    return { path, sha256: record.sha256 };
  }

  /** Keeps a second upload away from a path while one is under way. */
  async #reserve(params: Begin): Promise<void> {
    if (params.conflict === "keep-both") return;
    const lock = this.#lockOf(params);
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
    for (;;) {
      try {
        await using file = await open(lock, flags, 0o600);
        await file.writeFile(params.transfer);
        return;
      } catch (error) {
        if (!isErrorNumber(error, "EEXIST")) throw error;
      }
      const holder = await holderOf(lock);
      if (holder === params.transfer) return;
      if (holder !== null && !(await this.#isIdle(holder))) throw takenBy(params);
      await removeIfThere(Buffer.from(lock));
    }
  }

  async #release(record: Pick<UploadRecord, "transfer" | "directory" | "name">): Promise<void> {
    const lock = this.#lockOf(record);
    if ((await holderOf(lock)) === record.transfer) await removeIfThere(Buffer.from(lock));
  }

  #lockOf({ directory, name }: Pick<UploadRecord, "directory" | "name">): string {
    const path = joinPath(endpointPath(directory), endpointName(name));
    return `${this.#directory}/${createHash("sha256").update(path).digest("base64url")}.lock`;
  }

  async #isIdle(transfer: string): Promise<boolean> {
    const last = await this.#journal.lastWrittenMs(transfer);
    return last === null || Math.abs(this.now().getTime() - last) > IDLE_AFTER_MS;
  }

  /** Removes what nobody came back for. Uploads this process holds open are never touched, whatever the clock says. */
  async sweep(): Promise<void> {
    await this.#journal.prepare();
    for (const transfer of await this.#journal.transfers()) {
      const record = await this.#journal.read(transfer);
      const limitMs = record?.finishedPath == null ? ABANDONED_AFTER_MS : FORGOTTEN_AFTER_MS;
      const last = await this.#journal.lastWrittenMs(transfer);
      if (last === null || this.now().getTime() - last <= limitMs || (await isOpenHere(transfer))) continue;
      await this.#discardRecorded(transfer);
    }
  }

  async #discardRecorded(transfer: string): Promise<void> {
    const record = await this.#journal.read(transfer);
    if (record !== null) await this.#removePart(record);
    await this.#journal.remove(transfer);
    if (record !== null) await this.#release(record);
  }

  async #removePart(record: UploadRecord): Promise<void> {
    try {
      using directory = await PinnedDirectory.at(endpointPath(record.directory));
      const part = directory.child(partName(record.transfer));
      const { dev, ino } = await lstat(part, { bigint: true });
      if (`${dev}-${ino}` === record.part) await removeIfThere(part);
    } catch (error) {
      // A folder that is gone has taken the part with it.
      const isGone =
        isErrorNumber(error, "ENOENT") ||
        (error instanceof AppError && /not_found|link_refused|not_directory/.test(error.code));
      if (!isGone) throw error;
    }
  }

  /** The session is over: what is unfinished of it goes. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    for (const transfer of [...this.#open.keys()]) await this.discard({ transfer });
    await this.#journal.prepare();
    for (const transfer of await this.#journal.transfers()) {
      const record = await this.#journal.read(transfer);
      if (record?.session === this.session) await this.#discardRecorded(transfer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const transfer of [...this.#open.keys()]) await this.#close(transfer);
  }
}

/** A request that says nothing for two minutes is taken for lost; hashing or flushing a large file may take longer. */
function stillWorking(progress: ToolRequest<"upload.begin">["progress"]): Disposable {
  const timer = setInterval(() => progress(0, null, "bytes", ""), STILL_WORKING_INTERVAL_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function isSameFile(record: UploadRecord, params: Begin): boolean {
  return record.directory === params.directory && record.name === params.name && record.sizeBytes === params.sizeBytes;
}

function takenBy({ directory, name }: Begin): AppError {
  const path = shownPath(joinPath(endpointPath(directory), endpointName(name)));
  return new AppError("file.in_use", `Another upload to ${path} is under way. Wait for it, or keep both.`);
}

async function holderOf(lock: string): Promise<string | null> {
  try {
    return await readFile(lock, "utf8");
  } catch (error) {
    if (isErrorNumber(error, "ENOENT")) return null;
    throw error;
  }
}

/** null: nothing is there; else whether it is a folder. */
async function kindOfEntry(path: Buffer): Promise<boolean | null> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isErrorNumber(error, "ENOENT")) return null;
    throw error;
  }
}

/** Whether this process holds the upload's part file open, be it for another session. */
async function isOpenHere(transfer: string): Promise<boolean> {
  const suffix = partName(transfer).toString();
  for (const descriptor of await readdir("/proc/self/fd")) {
    try {
      if ((await readlink(`/proc/self/fd/${descriptor}`)).endsWith(suffix)) return true;
    } catch (error) {
      if (!isErrorNumber(error, "ENOENT")) throw error;
    }
  }
  return false;
}
