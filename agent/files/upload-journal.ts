/**
 * What the agent remembers of an upload on its own disk, so that it goes on after the agent was killed. Per upload:
 *
 *     <transfer>.json    what is uploaded and where to; replaced as a whole
 *     <transfer>.slices  a line "offset length sha256" for each slice that was verified and written
 *
 * A slice's line is written after its bytes; what a power cut took from the disk shows when the slices are hashed again.
 */
import { appendFile, mkdir, readdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Conflict, FileName, Path } from "../../protocol/messages/files.ts";
import { removeIfThere } from "./copy-file.ts";
import { isErrorNumber } from "./error-words.ts";

const Size = Type.Integer({ minimum: 0 });

export const UploadRecord = Type.Object({
  transfer: Type.String({ pattern: "^[A-Za-z0-9_-]{22}$" }),
  session: Type.String(),
  directory: Path,
  name: FileName,
  sizeBytes: Size,
  modifiedAt: Type.Union([Type.String(), Type.Null()]),
  conflict: Conflict,
  /** The part file's identity (inode and disk), so that nobody passes another file off as it. */
  part: Type.String(),
  /** Of the whole file; stands here before it gets its final name. */
  sha256: Type.Union([Type.String(), Type.Null()]),
  /** Where it ended up; null until it has its final name. */
  finishedPath: Type.Union([Path, Type.Null()]),
});
export type UploadRecord = Static<typeof UploadRecord>;

export interface VerifiedSlice {
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

export class UploadJournal {
  constructor(private readonly directory: string) {}

  /** Makes the journal's directory. */
  async prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
  }

  /** Writes an upload's record: the old one or the new one is there, never half of one. */
  async write(record: UploadRecord): Promise<void> {
    const path = this.#file(record.transfer, "json");
    await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** The record of an upload; null where there is none that can be read. */
  async read(transfer: string): Promise<UploadRecord | null> {
    const text = await readIfThere(this.#file(transfer, "json"));
    const value = text === null ? null : parseJson(text);
    return Value.Check(UploadRecord, value) ? value : null;
  }

  /** Adds a verified slice. */
  async addSlice(transfer: string, { offset, length, sha256 }: VerifiedSlice): Promise<void> {
    await appendFile(this.#file(transfer, "slices"), `${offset} ${length} ${sha256}\n`, { mode: 0o600 });
  }

  /** Verified slices in the order of their offsets; a line cut off by a crash is left out. */
  async slices(transfer: string): Promise<VerifiedSlice[]> {
    const text = (await readIfThere(this.#file(transfer, "slices"))) ?? "";
    const lines = [...text.matchAll(/^(\d{1,16}) (\d{1,8}) ([A-Za-z0-9_-]{43})\n/gm)];
    return lines
      .map(([, offset, length, sha256]) => ({ offset: Number(offset), length: Number(length), sha256: sha256! }))
      .sort((a, b) => a.offset - b.offset);
  }

  /** Forgets which slices were verified. */
  async clearSlices(transfer: string): Promise<void> {
    await removeIfThere(Buffer.from(this.#file(transfer, "slices")));
  }

  /** Marks an upload as still wanted. */
  async touch(transfer: string, now: Date): Promise<void> {
    await utimes(this.#file(transfer, "json"), now, now);
  }

  /** Forgets an upload. */
  async remove(transfer: string): Promise<void> {
    await this.clearSlices(transfer);
    await removeIfThere(Buffer.from(this.#file(transfer, "json")));
  }

  /** When something was last written for an upload, ms since 1970; null: it is not known. */
  async lastWrittenMs(transfer: string): Promise<number | null> {
    const times = await Promise.all([this.#modifiedMs(transfer, "json"), this.#modifiedMs(transfer, "slices")]);
    const known = times.filter((time) => time !== null);
    return known.length === 0 ? null : Math.max(...known);
  }

  async #modifiedMs(transfer: string, ending: string): Promise<number | null> {
    try {
      return (await stat(this.#file(transfer, ending))).mtimeMs;
    } catch (error) {
      if (isErrorNumber(error, "ENOENT")) return null;
      throw error;
    }
  }

  /** Every upload with a record. */
  async transfers(): Promise<string[]> {
    const names = await readdir(this.directory);
    return names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : []));
  }

  #file(transfer: string, ending: string): string {
    return `${this.directory}/${transfer}.${ending}`;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrorNumber(error, "ENOENT")) return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
