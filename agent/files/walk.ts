/** Everything below a folder, a page at a time, for downloading it. Links are named and never followed. */
import { randomBytes } from "node:crypto";
import { lstat } from "node:fs/promises";
import { AppError } from "../../protocol/errors.ts";
import type { ToolParams, ToolResult } from "../../protocol/messages.ts";
import { endpointPath, joinPath, shownPath } from "./endpoint-path.ts";
import { fileError } from "./error-words.ts";
import { versionOf } from "./file-version.ts";
import { jsonBytes, MAX_PAGE_BYTES, timeText } from "./list.ts";
import { pathText } from "./path-text.ts";
import { PinnedDirectory } from "./pinned-directory.ts";

type Page = ToolResult<"download.walk">;
type Entry = Page["entries"][number];

const MAX_PAGE_ENTRIES = 1000;
/** Folders being walked at once; past this the one longest unused is forgotten. */
const MAX_WALKS = 16;

interface Walk {
  readonly root: Buffer;
  /** Still to be looked at, relative to the root; the last one is next. */
  readonly pending: { readonly relative: Buffer; readonly name: Buffer }[];
  /** The number of the page that comes next, and the one given last, in case its answer was lost. */
  number: number;
  last: Page | null;
}

/** Walks through folders for downloads. */
export class Walks {
  readonly #open = new Map<string, Walk>();

  /** The first page of what is in a folder, or the one its `cursor` stands for; the last page can be asked for again. */
  async walk({ path, cursor }: ToolParams<"download.walk">): Promise<Page> {
    if (cursor === undefined) return this.#begin(endpointPath(path));
    const [id = "", number = ""] = cursor.split(".");
    const walk = this.#open.get(id);
    if (walk?.last != null && Number(number) === walk.number - 1) return walk.last;
    if (walk === undefined || Number(number) !== walk.number)
      throw new AppError("file.changed", "The folder was looked through too long ago. Download it again.");
    return this.#page(id, walk);
  }

  async #begin(path: Buffer): Promise<Page> {
    using directory = await PinnedDirectory.follow(path);
    const root = directory.path;
    const walk: Walk = { root, pending: [], number: 0, last: null };
    await expand(walk, Buffer.alloc(0), directory);
    const id = randomBytes(9).toString("base64url");
    this.#open.set(id, walk);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_WALKS && oldest !== undefined) this.#open.delete(oldest);
    return this.#page(id, walk);
  }

  async #page(id: string, walk: Walk): Promise<Page> {
    const entries: Entry[] = [];
    let bytes = 0;
    while (walk.pending.length > 0 && entries.length < MAX_PAGE_ENTRIES && bytes < MAX_PAGE_BYTES) {
      const entry = await lookAt(walk, walk.pending.pop()!);
      entries.push(entry);
      bytes += jsonBytes(entry);
    }
    walk.number += 1;
    walk.last = { entries, next: walk.pending.length === 0 ? null : `${id}.${walk.number}` };
    return walk.last;
  }
}

async function lookAt(walk: Walk, { relative, name }: Walk["pending"][number]): Promise<Entry> {
  const path = relative.length === 0 ? name : joinPath(relative, name);
  const absolute = joinPath(walk.root, path);
  try {
    using parent = await PinnedDirectory.at(relative.length === 0 ? walk.root : joinPath(walk.root, relative));
    const stats = await lstat(parent.child(name), { bigint: true });
    const about = {
      relativePath: pathText(path),
      modifiedAt: timeText(Number(stats.mtimeMs)),
      version: versionOf(stats),
    };
    if (stats.isDirectory()) {
      using directory = await parent.enter(name);
      await expand(walk, path, directory);
      return { ...about, kind: "directory", sizeBytes: 0 };
    }
    if (stats.isFile()) return { ...about, kind: "file", sizeBytes: Number(stats.size) };
    const what = stats.isSymbolicLink() ? "a link" : "a device, pipe or socket";
    return skipped(path, `${shownPath(absolute)} is ${what} and was left out.`);
  } catch (error) {
    return skipped(path, fileError(error, shownPath(absolute)).message);
  }
}

async function expand(walk: Walk, relative: Buffer, directory: PinnedDirectory): Promise<void> {
  const names = await directory.names();
  // Last in, first out: reversed, so that a folder comes in its own order and before its neighbours.
  for (const name of names.toReversed()) walk.pending.push({ relative, name });
}

function skipped(path: Buffer, message: string): Entry {
  const nothing = { sizeBytes: 0, modifiedAt: timeText(0), version: "" };
  return { relativePath: pathText(path), kind: "skipped", message: message.slice(0, 1000), ...nothing };
}
