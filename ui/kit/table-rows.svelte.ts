/** The rows of a table of any length: loaded in blocks as they come into sight, kept until the query changes. */
import { untrack } from "svelte";
import { blocksOf, type RowRange } from "./table-window.ts";

/** What a source answers: the rows from `offset` on, at most `limit`, and how many there are in all. */
export interface RowPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}
/** `isRefresh`: nobody asked for other rows; the page looks whether those in sight have changed. */
export type LoadRows<Row> = (
  offset: number,
  limit: number,
  signal: AbortSignal,
  isRefresh: boolean,
) => Promise<RowPage<Row>>;

/** Rows asked for at once. */
const BLOCK_ROWS = 100;
/** Blocks kept; beyond it those farthest from what is in sight are dropped and loaded again when needed. */
const MAX_BLOCKS = 200;

export class TableRows<Row extends { readonly id: string }> {
  /** How many rows there are in all; null before the first answer. */
  total: number | null = $state(null);
  /** Why the last load failed; what was loaded before stays. */
  error: Error | null = $state.raw(null);
  /** A new query is on its way while the old rows still show. */
  isReloading = $state(false);
  #blocks: ReadonlyMap<number, readonly Row[]> = $state.raw(new Map());
  readonly #load: LoadRows<Row>;
  /** Blocks kept from before a refresh: shown, and loaded again when they come into sight. */
  #stale: ReadonlySet<number> = new Set();
  #inFlight = new Set<number>();
  #abort = new AbortController();
  #inSight: RowRange = { from: 0, to: 1 };

  constructor(load: LoadRows<Row>) {
    this.#load = load;
  }

  /** The row at a place, or undefined while it is not loaded. */
  at(index: number): Row | undefined {
    return this.#blocks.get(Math.floor(index / BLOCK_ROWS))?.[index % BLOCK_ROWS];
  }

  /** A loaded row's place, or -1. */
  indexOf(id: string): number {
    for (const [block, rows] of this.#blocks) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return block * BLOCK_ROWS + at;
    }
    return -1;
  }

  /** Loads what of a range is missing. Called by the table as it scrolls. */
  ensure(range: RowRange): void {
    untrack(() => {
      this.#inSight = range;
      if (this.isReloading || this.error !== null || this.total === null) return;
      for (const block of blocksOf(range, BLOCK_ROWS)) {
        const isMissing = !this.#blocks.has(block) || this.#stale.has(block);
        if (isMissing && !this.#inFlight.has(block)) void this.#loadBlock(block);
      }
    });
  }

  /** The query has changed: starts again at the top. The old rows show until the new ones are there. */
  reload(): Promise<void> {
    return this.#restart({ from: 0, to: BLOCK_ROWS }, false);
  }

  /** The data may have changed: loads what is in sight again, in place and without flicker. */
  refresh(): Promise<void> {
    return this.#restart(this.#inSight, true);
  }

  /** Changes one loaded row in place; nothing when it is not loaded. */
  patch(id: string, change: Partial<Row>): void {
    const index = this.indexOf(id);
    if (index < 0) return;
    const block = Math.floor(index / BLOCK_ROWS);
    const rows = this.#blocks.get(block)?.map((row) => (row.id === id ? { ...row, ...change } : row));
    if (rows !== undefined) this.#blocks = new Map(this.#blocks).set(block, rows);
  }

  /** Every id of a range, loading what is missing; for selecting over rows that never were in sight. */
  async idsIn(range: RowRange): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const block of blocksOf(range, BLOCK_ROWS)) {
      const rows = this.#blocks.get(block) ?? (await this.#fetch(block)).rows;
      const first = block * BLOCK_ROWS;
      ids.push(...rows.slice(Math.max(0, range.from - first), range.to - first).map((row) => row.id));
    }
    return ids;
  }

  #fetch(block: number, isRefresh = false): Promise<RowPage<Row>> {
    return this.#load(block * BLOCK_ROWS, BLOCK_ROWS, this.#abort.signal, isRefresh);
  }

  async #restart(range: RowRange, keepsOthers: boolean): Promise<void> {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#inFlight = new Set();
    this.isReloading = true;
    const blocks = blocksOf(range, BLOCK_ROWS);
    const wanted = blocks.length === 0 ? [0] : blocks;
    try {
      const pages = await Promise.all(wanted.map((block) => this.#fetch(block, keepsOthers)));
      if (abort.signal.aborted) return;
      const kept = keepsOthers ? this.#blocks : [];
      this.#blocks = new Map([...kept, ...pages.map((page, index) => [wanted[index] ?? 0, page.rows] as const)]);
      this.#stale = new Set([...this.#blocks.keys()].filter((block) => !wanted.includes(block)));
      this.total = pages[0]?.total ?? 0;
      this.error = null;
      this.isReloading = false;
      // The table may have scrolled while this was on its way.
      this.ensure(this.#inSight);
    } catch (error) {
      this.#failed(error, abort.signal);
    }
  }

  async #loadBlock(block: number): Promise<void> {
    const { signal } = this.#abort;
    this.#inFlight.add(block);
    try {
      const page = await this.#fetch(block);
      if (signal.aborted) return;
      this.#inFlight.delete(block);
      this.#stale = new Set([...this.#stale].filter((other) => other !== block));
      this.#blocks = this.#trimmed(new Map(this.#blocks).set(block, page.rows));
      this.total = page.total;
    } catch (error) {
      this.#failed(error, signal);
    }
  }

  #trimmed(blocks: Map<number, readonly Row[]>): ReadonlyMap<number, readonly Row[]> {
    if (blocks.size <= MAX_BLOCKS) return blocks;
    const middle = this.#inSight.from / BLOCK_ROWS;
    const farthest = [...blocks.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))[0];
    if (farthest !== undefined) blocks.delete(farthest);
    return blocks;
  }

  #failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#inFlight = new Set();
    this.isReloading = false;
    this.error = error instanceof Error ? error : new Error(String(error));
  }
}

/** A source over rows that are all here already: what `rows()` gives when it is asked. */
export function rowsFrom<Row>(rows: () => readonly Row[]): LoadRows<Row> {
  return (offset, limit) => {
    const all = rows();
    return Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length });
  };
}
