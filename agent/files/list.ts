/** What is in a folder, a page at a time. */
import { randomBytes } from "node:crypto";
import { lstat, stat } from "node:fs/promises";
import type { Static } from "@sinclair/typebox";
import { AppError } from "../../protocol/errors.ts";
import type { FileEntry as FileEntrySchema } from "../../protocol/messages/files.ts";
import type { ToolParams, ToolResult } from "../../protocol/messages.ts";
import { endpointPath, splitPath } from "./endpoint-path.ts";
import { isErrorNumber, withFileError } from "./error-words.ts";
import { pathText, readableText } from "./path-text.ts";
import { PinnedDirectory } from "./pinned-directory.ts";

type FileEntry = Static<typeof FileEntrySchema>;

const MAX_PAGE_ENTRIES = 1000;
/** A page is one control message and has to fit one frame. */
export const MAX_PAGE_BYTES = 512 << 10;
/** Folders being paged through at once; past this the one longest unused is forgotten and has to be listed again. */
const MAX_LISTINGS = 8;
const LOOK_AT_ONCE = 32;
const DOT = 0x2e;

interface Listing {
  readonly path: Buffer;
  readonly names: readonly Buffer[];
}

/** Pages through folders. The names are read once, so that a page neither repeats nor loses one while files come and go. */
export class Listings {
  readonly #open = new Map<string, Listing>();

  /** The first page of a folder, or the one its `cursor` stands for. A link to a folder shows where it leads. */
  async list({ path, cursor }: ToolParams<"files.list">): Promise<ToolResult<"files.list">> {
    if (cursor !== undefined) return this.#continue(cursor);
    using directory = await PinnedDirectory.follow(endpointPath(path));
    const names = await withFileError(readableText(path), () => directory.names());
    return this.#page({ path: directory.path, names }, 0, randomBytes(9).toString("base64url"));
  }

  #continue(cursor: string): Promise<ToolResult<"files.list">> {
    const [id = "", from = ""] = cursor.split(".");
    const listing = this.#open.get(id);
    if (listing === undefined || !/^\d{1,9}$/.test(from))
      throw new AppError("file.changed", "The folder was listed too long ago. Refresh the list.");
    return this.#page(listing, Number(from), id);
  }

  async #page(listing: Listing, from: number, id: string): Promise<ToolResult<"files.list">> {
    const entries: FileEntry[] = [];
    let bytes = 0;
    let at = from;
    using directory = await PinnedDirectory.follow(listing.path);
    while (at < listing.names.length && entries.length < MAX_PAGE_ENTRIES && bytes < MAX_PAGE_BYTES) {
      const room = Math.min(LOOK_AT_ONCE, MAX_PAGE_ENTRIES - entries.length);
      const names = listing.names.slice(at, at + room);
      const looked = await Promise.all(names.map((name) => lookAt(directory, name)));
      for (const entry of looked) if (entry !== null) entries.push(entry);
      bytes += looked.reduce((sum, entry) => sum + (entry === null ? 0 : jsonBytes(entry)), 0);
      at += names.length;
    }
    const { directory: parent, name } = splitPath(listing.path);
    return {
      path: pathText(listing.path),
      parent: name.length === 0 ? null : pathText(parent),
      entries,
      next: this.#remember(id, listing, at),
    };
  }

  #remember(id: string, listing: Listing, at: number): string | null {
    this.#open.delete(id);
    if (at >= listing.names.length) return null;
    this.#open.set(id, listing);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_LISTINGS && oldest !== undefined) this.#open.delete(oldest);
    return `${id}.${at}`;
  }
}

/** How many bytes a value takes in a control message. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** null: it has gone since the names were read. */
async function lookAt(directory: PinnedDirectory, name: Buffer): Promise<FileEntry | null> {
  try {
    const entry = await lstat(directory.child(name));
    const target = entry.isSymbolicLink() ? await targetOf(directory.child(name)) : null;
    return {
      name: pathText(name),
      kind: entry.isSymbolicLink() ? "link" : kindOf(entry),
      ...(target === null ? {} : { target: target.kind }),
      sizeBytes: target?.sizeBytes ?? (entry.isFile() ? entry.size : 0),
      modifiedAt: timeText(entry.mtimeMs),
      isHidden: name[0] === DOT,
      isReadOnly: !entry.isSymbolicLink() && (entry.mode & 0o222) === 0,
    };
  } catch (error) {
    if (isErrorNumber(error, "ENOENT")) return null;
    return unreadable(name);
  }
}

/** Something is there of which the system tells no more. */
function unreadable(name: Buffer): FileEntry {
  const unknown = { kind: "other", sizeBytes: 0, modifiedAt: timeText(0), isReadOnly: true } as const;
  return { name: pathText(name), isHidden: name[0] === DOT, ...unknown };
}

interface Stats {
  isFile(): boolean;
  isDirectory(): boolean;
}

function kindOf(stats: Stats): "file" | "directory" | "other" {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "directory" : "other";
}

async function targetOf(path: Buffer): Promise<{ kind: NonNullable<FileEntry["target"]>; sizeBytes: number }> {
  try {
    const target = await stat(path);
    return { kind: kindOf(target), sizeBytes: target.isFile() ? target.size : 0 };
  } catch {
    // Whatever the reason, a link that cannot be followed leads nowhere for us.
    return { kind: "broken", sizeBytes: 0 };
  }
}

const LATEST_MS = Date.UTC(9999, 11, 31);

/** A file's time as ISO 8601; one outside the years 0 to 9999 is brought into them. */
export function timeText(ms: number): string {
  return new Date(Math.min(Math.max(ms, Date.UTC(0, 0, 1)), LATEST_MS)).toISOString();
}
