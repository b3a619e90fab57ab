/** A folder of the endpoint as one zip, made while it is sent: nothing of it is kept but the list of names. */
import { AppError } from "../../protocol/errors.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import type { ToolResult } from "../../protocol/messages.ts";
import type { AgentLink } from "../support-sessions/agent-link.ts";
import { type FileState, openBytes, requireSameHash, wholeOrNothing } from "./agent-bytes.ts";
import { centralRecord, dataDescriptor, endRecords, localHeader, type ZipEntry } from "./zip-records.ts";
import { ZipNames } from "./zip-names.ts";

type WalkEntry = ToolResult<"download.walk">["entries"][number];

/** The list at a zip's end is kept in memory until then; past this the folder is to be fetched in parts. */
const MAX_LIST_BYTES = 32 << 20;
const MISSING_NAME = "causeway-missing.txt";
const MAX_MISSING_LINES = 10_000;

export interface FolderZipResult {
  files: number;
  bytes: number;
  /** What is not in it, each with its reason. */
  missing: string[];
}

/** Makes the zip of one folder; `result` tells, as it goes, what is in it and what is not. */
export class FolderZip {
  readonly result: FolderZipResult = { files: 0, bytes: 0, missing: [] };
  readonly #names: ZipNames;
  readonly #list: Buffer[] = [];
  #listBytes = 0;
  #offset = 0;

  constructor(
    private readonly link: AgentLink,
    private readonly path: string,
    name: string,
  ) {
    this.#names = new ZipNames(name);
  }

  /** The zip's bytes. @throws {AppError} where the endpoint is lost or a large file breaks off in the middle. */
  async *bytes(): AsyncGenerator<Uint8Array, void> {
    yield* this.#folder("", new Date(0));
    for await (const entry of this.#walk()) {
      if (entry.kind === "skipped") this.#miss(entry.relativePath, entry.message ?? "It was left out.");
      else if (entry.kind === "directory") yield* this.#folder(entry.relativePath, new Date(entry.modifiedAt));
      else yield* this.#file(entry);
    }
    yield* this.#missing();
    yield* this.#count(Buffer.concat([...this.#list, endRecords(this.#list.length, this.#offset, this.#listBytes)]));
  }

  async *#walk(): AsyncGenerator<WalkEntry, void> {
    let cursor: string | null = null;
    do {
      const params: { path: string; cursor?: string } = { path: this.path, ...(cursor === null ? {} : { cursor }) };
      const { result }: { result: ToolResult<"download.walk"> } = await this.link.ask("download.walk", params);
      yield* result.entries;
      cursor = result.next;
    } while (cursor !== null);
  }

  *#folder(relativePath: string, modifiedAt: Date): Generator<Uint8Array, void> {
    yield* this.#stored({ name: this.#names.folderName(relativePath), modifiedAt }, Buffer.alloc(0));
  }

  async *#file(entry: WalkEntry): AsyncGenerator<Uint8Array, void> {
    const path = this.path === "/" ? `/${entry.relativePath}` : `${this.path}/${entry.relativePath}`;
    const file = { path, version: entry.version, sizeBytes: entry.sizeBytes };
    if (entry.sizeBytes > SLICE_BYTES) yield* this.#large(file, entry);
    else yield* this.#small(file, entry);
    this.result.files += 1;
    this.result.bytes += entry.sizeBytes;
  }

  /** A file of at most a slice is had whole and proved before anything of it goes into the zip. */
  async *#small(file: FileState, entry: WalkEntry): AsyncGenerator<Uint8Array, void> {
    const content = await this.#fetchSmall(file, entry);
    if (content === null) return;
    yield* this.#stored(
      { name: this.#names.file(entry.relativePath), modifiedAt: new Date(entry.modifiedAt) },
      content,
    );
  }

  async #fetchSmall(file: FileState, entry: WalkEntry): Promise<Buffer | null> {
    try {
      const bytes = await openBytes(this.link, file, { offset: 0, length: file.sizeBytes });
      const requireHash = async (sha256: string): Promise<void> => {
        if (sha256 !== bytes.sha256)
          throw new AppError("file.changed", `${file.path.toWellFormed()} changed while it was read.`);
      };
      const chunks: Uint8Array[] = [];
      for await (const chunk of wholeOrNothing(bytes, { path: file.path, length: file.sizeBytes }, requireHash))
        chunks.push(chunk);
      return Buffer.concat(chunks);
    } catch (error) {
      this.#missFile(entry, error);
      return null;
    }
  }

  /** Counts a file that cannot be had as missing; what concerns the whole transfer is thrown on. */
  #missFile(entry: WalkEntry, error: unknown): void {
    if (!(error instanceof AppError) || !error.code.startsWith("file.")) throw error;
    this.#miss(entry.relativePath, error.message);
    this.result.files -= 1;
    this.result.bytes -= entry.sizeBytes;
  }

  /** A larger one streams; if it breaks off, so does the zip, as half a file must not look like a whole one. */
  async *#large(file: FileState, entry: WalkEntry): AsyncGenerator<Uint8Array, void> {
    const opened = await this.#open(file, entry);
    if (opened === null) return;
    const zipEntry: ZipEntry = {
      name: this.#names.file(entry.relativePath),
      modifiedAt: new Date(entry.modifiedAt),
      sizeBytes: file.sizeBytes,
      crc32: null,
    };
    const offset = this.#offset;
    let crc = 0;
    yield* this.#count(localHeader(zipEntry));
    for await (const chunk of wholeOrNothing(opened, { path: file.path, length: file.sizeBytes }, (sha256) =>
      requireSameHash(this.link, file, sha256),
    )) {
      crc = Bun.hash.crc32(chunk, crc);
      yield* this.#count(chunk);
    }
    yield* this.#count(dataDescriptor(zipEntry, crc));
    this.#enter(zipEntry, crc, offset);
  }

  async #open(file: FileState, entry: WalkEntry): Promise<Awaited<ReturnType<typeof openBytes>> | null> {
    try {
      return await openBytes(this.link, file, { offset: 0, length: file.sizeBytes });
    } catch (error) {
      this.#missFile(entry, error);
      return null;
    }
  }

  *#stored(about: Pick<ZipEntry, "name" | "modifiedAt">, content: Buffer): Generator<Uint8Array, void> {
    const entry = { ...about, sizeBytes: content.length, crc32: Bun.hash.crc32(content) };
    const offset = this.#offset;
    yield* this.#count(localHeader(entry));
    if (content.length > 0) yield* this.#count(content);
    this.#enter(entry, entry.crc32, offset);
  }

  #enter(entry: ZipEntry, crc: number, offset: number): void {
    const record = centralRecord(entry, crc, offset);
    this.#listBytes += record.length;
    this.#list.push(record);
    if (this.#listBytes > MAX_LIST_BYTES)
      throw new AppError(
        "request.too_large",
        "The folder holds too many files for one zip. Download its folders one by one.",
      );
  }

  #miss(relativePath: string, why: string): void {
    this.result.missing.push(`${relativePath.toWellFormed()}: ${why}`);
  }

  /** A zip that lacks something says so inside. */
  *#missing(): Generator<Uint8Array, void> {
    const { missing } = this.result;
    if (missing.length === 0) return;
    const more = missing.length > MAX_MISSING_LINES ? [`and ${missing.length - MAX_MISSING_LINES} more`] : [];
    const lines = [`${missing.length} not in this zip:`, "", ...missing.slice(0, MAX_MISSING_LINES), ...more, ""];
    yield* this.#stored(
      { name: this.#names.file(MISSING_NAME), modifiedAt: new Date(0) },
      Buffer.from(lines.join("\r\n")),
    );
  }

  *#count(bytes: Uint8Array): Generator<Uint8Array, void> {
    this.#offset += bytes.length;
    yield bytes;
  }
}
