/**
 * Rows of a long list, fetched a page at a time as they come into view. Pure of any transport: `load` fetches, `changed`
 * is told when there is something new to show. Rows on screen stay until newer ones are there, so nothing flickers and
 * the scroll position never moves by itself.
 */

export const PAGE_ROWS = 100;
/** Pages kept; the ones longest out of view go first. */
export const MAX_CACHED_PAGES = 60;
/** Pages fetched at the same time. */
const MAX_LOADING_PAGES = 2;

export interface LoadedRows<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

export interface PageCacheOptions<Row> {
  /** Fetches `limit` rows from row `offset` on. */
  readonly load: (offset: number, limit: number, signal: AbortSignal) => Promise<LoadedRows<Row>>;
  readonly changed: () => void;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Something in it may have changed since. */
  isStale: boolean;
  /** When it was last in view; larger is later. */
  viewedAt: number;
}

export class PageCache<Row> {
  readonly #options: PageCacheOptions<Row>;
  readonly #pages = new Map<number, Page<Row>>();
  readonly #loading = new Map<number, AbortController>();
  /** Pages a change was told of while they were on their way: what comes may already be old. */
  readonly #outdated = new Set<number>();
  #first = 0;
  #last = 0;
  #views = 0;
  #total: number | null = null;
  #error: unknown = null;

  constructor(options: PageCacheOptions<Row>) {
    this.#options = options;
  }

  /** Rows of the whole list; null before the first page has come. */
  get total(): number | null {
    return this.#total;
  }
  /** Why the last page asked for did not come; null when all is well. */
  get error(): unknown {
    return this.#error;
  }
  get isLoading(): boolean {
    return this.#loading.size > 0;
  }
  get cachedPages(): number {
    return this.#pages.size;
  }

  rowAt(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
  }

  /** The rows that are here, in order, for looking one up. */
  *rows(): Iterable<[index: number, row: Row]> {
    for (const [number, page] of [...this.#pages].sort(([one], [other]) => one - other))
      for (const [at, row] of page.rows.entries()) yield [number * PAGE_ROWS + at, row];
  }

  /** Rows `first` to `last` are in view: what is missing or old of them is fetched, what is out of view is not. */
  show(first: number, last: number): void {
    this.#first = Math.max(0, first);
    this.#last = Math.max(this.#first, last);
    this.#views += 1;
    for (const number of this.#visible()) {
      const page = this.#pages.get(number);
      if (page !== undefined) page.viewedAt = this.#views;
    }
    for (const [number, controller] of this.#loading) if (!this.#isVisible(number)) this.#abort(number, controller);
    this.#fetch();
  }

  /** Something changed on the server: what is in view is fetched again now, the rest when it comes into view. */
  refresh(): void {
    for (const page of this.#pages.values()) page.isStale = true;
    for (const number of this.#loading.keys()) this.#outdated.add(number);
    this.#error = null;
    this.#fetch();
  }

  /** Another list altogether. */
  reset(): void {
    for (const [number, controller] of this.#loading) this.#abort(number, controller);
    this.#pages.clear();
    this.#total = null;
    this.#error = null;
    this.#first = 0;
    this.#last = 0;
    this.#options.changed();
    this.#fetch();
  }

  /** Nothing more is fetched. */
  stop(): void {
    for (const [number, controller] of this.#loading) this.#abort(number, controller);
  }

  #abort(number: number, controller: AbortController): void {
    this.#loading.delete(number);
    this.#outdated.delete(number);
    controller.abort();
  }

  #visible(): number[] {
    const end = this.#total === null ? 0 : Math.max(0, Math.ceil(this.#total / PAGE_ROWS) - 1);
    const from = Math.min(Math.floor(this.#first / PAGE_ROWS), end);
    const to = Math.min(Math.floor(this.#last / PAGE_ROWS), end);
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  }

  #isVisible(number: number): boolean {
    return this.#visible().includes(number);
  }

  #fetch(): void {
    if (this.#error !== null) return;
    for (const number of this.#visible()) {
      if (this.#loading.size >= MAX_LOADING_PAGES) return;
      const isHere = this.#pages.get(number)?.isStale === false;
      if (!isHere && !this.#loading.has(number)) void this.#load(number);
    }
  }

  async #load(number: number): Promise<void> {
    const controller = new AbortController();
    this.#loading.set(number, controller);
    try {
      const loaded = await this.#options.load(number * PAGE_ROWS, PAGE_ROWS, controller.signal);
      if (this.#loading.get(number) === controller) this.#arrived(number, loaded);
    } catch (error) {
      if (this.#loading.get(number) === controller) this.#failed(number, error);
    }
  }

  #arrived(number: number, { rows, total }: LoadedRows<Row>): void {
    this.#loading.delete(number);
    this.#pages.set(number, { rows, isStale: this.#outdated.delete(number), viewedAt: this.#views });
    this.#total = total;
    this.#dropBeyondEnd(total);
    this.#dropOldest();
    this.#options.changed();
    this.#fetch();
  }

  #failed(number: number, error: unknown): void {
    this.#loading.delete(number);
    this.#outdated.delete(number);
    this.#error = error;
    this.#options.changed();
  }

  #dropBeyondEnd(total: number): void {
    for (const number of this.#pages.keys()) if (number > 0 && number * PAGE_ROWS >= total) this.#pages.delete(number);
  }

  #dropOldest(): void {
    const visible = new Set(this.#visible());
    const byAge = [...this.#pages]
      .filter(([number]) => !visible.has(number))
      .sort(([, a], [, b]) => a.viewedAt - b.viewedAt);
    for (const [number] of byAge.slice(0, Math.max(0, this.#pages.size - MAX_CACHED_PAGES))) this.#pages.delete(number);
  }
}
