/** The folder one looks at: where it is, what is in it, and what can be done with it. */
import type { ToolParams, ToolResult } from "../../../../protocol/messages.ts";
import type { Progress, SessionConnection } from "../../../connection/console-connection.ts";
import { TableRows } from "../../../kit/table-rows.svelte.ts";
import { type FileEntry, type FileOrder, type FileRow, joinPath, orderedEntries, UP_ROW } from "./file-list.ts";

type Volumes = ToolResult<"files.volumes">;
export type Outcome = ToolResult<"files.delete">;

export class RemoteFiles {
  isStarted = $state(false);
  isLoading = $state(false);
  /** Why the last listing failed; what was listed before stays. */
  error: Error | null = $state.raw(null);
  volumes: Volumes = $state.raw({ volumes: [], shortcuts: [] });
  path = $state("");
  parent: string | null = $state(null);
  entries: readonly FileEntry[] = $state.raw([]);
  showsHidden = $state(false);
  order: FileOrder = $state.raw({ column: "name", isDescending: false });
  readonly shown: readonly FileEntry[] = $derived(orderedEntries(this.entries, this.order, this.showsHidden));
  readonly rows = new TableRows<FileRow>((offset, limit) => {
    const all = this.#allRows();
    return Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length });
  });
  /** Listings asked for; an answer that comes after a newer question is dropped. */
  #asked = 0;

  constructor(private readonly connection: SessionConnection) {}

  #allRows(): readonly FileRow[] {
    const rows = this.shown.map((entry) => ({ id: entry.name, entry }));
    return this.parent === null ? rows : [UP_ROW, ...rows];
  }

  /** Begins to look at the remote computer's files, where its user is at home. */
  async start(): Promise<void> {
    this.isStarted = true;
    this.error = null;
    try {
      this.volumes = (await this.connection.ask("files.volumes", {})).result;
    } catch (error) {
      this.isStarted = false;
      throw error;
    }
    await this.open(this.volumes.shortcuts[0]?.path ?? this.volumes.volumes[0]?.path ?? "/");
  }

  /** Stops looking; nothing of the remote file system is kept here. */
  stop(): void {
    this.#asked += 1;
    this.isStarted = false;
    this.isLoading = false;
    this.volumes = { volumes: [], shortcuts: [] };
    this.entries = [];
    this.path = "";
    this.parent = null;
    this.error = null;
  }

  /** Shows a folder. If it cannot be listed, what is shown stays and `error` says why. */
  async open(path: string): Promise<void> {
    const asked = (this.#asked += 1);
    this.isLoading = true;
    try {
      const listing = await this.#list(path);
      if (asked !== this.#asked) return;
      this.error = null;
      this.path = listing.path;
      this.parent = listing.parent;
      this.entries = listing.entries;
    } catch (error) {
      if (asked === this.#asked) this.error = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (asked === this.#asked) this.isLoading = false;
    }
  }

  async #list(path: string): Promise<{ path: string; parent: string | null; entries: FileEntry[] }> {
    const entries: FileEntry[] = [];
    let cursor: string | null = null;
    for (;;) {
      const params: ToolParams<"files.list"> = cursor === null ? { path } : { path, cursor };
      const { result } = await this.connection.ask("files.list", params);
      entries.push(...result.entries);
      if (result.next === null) return { path: result.path, parent: result.parent, entries };
      cursor = result.next;
    }
  }

  refresh(): Promise<void> {
    return this.open(this.path);
  }

  pathOf(name: string): string {
    return joinPath(this.path, name);
  }

  async makeFolder(name: string): Promise<void> {
    await this.connection.ask("files.make-directory", { directory: this.path, name });
    await this.refresh();
  }

  async rename(from: string, to: string): Promise<void> {
    await this.connection.ask("files.rename", { path: this.pathOf(from), name: to });
    await this.refresh();
  }

  async delete(
    paths: readonly string[],
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Outcome> {
    const { result } = await this.connection.ask("files.delete", { paths: [...paths] }, { signal, onProgress });
    return result;
  }

  async paste(
    tool: "files.copy" | "files.move",
    params: ToolParams<"files.copy">,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Outcome> {
    return (await this.connection.ask(tool, params, { signal, onProgress })).result;
  }
}
