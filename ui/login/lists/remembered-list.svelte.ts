/** The search, filters, order and columns of a list, as they were left the last time (GROUP-02). */
import type { Column, TableSort } from "../../kit/table-columns.ts";
import { router } from "../router.svelte.ts";
import { loginPreferences } from "./login-preferences.ts";

export class RememberedList {
  search = $state("");
  /** By filter; one that is not there is off. */
  filters: Readonly<Record<string, string>> = $state.raw({});
  sort: TableSort | null = $state.raw(null);
  hiddenColumns: readonly string[] = $state.raw([]);
  /** How it was left has been asked: now rows can be loaded. */
  isKnown = $state(false);
  readonly #name: string;

  /** @param name letters and hyphens, the same for ever: what is kept is kept under it */
  constructor(name: string, sort: TableSort | null = null) {
    this.#name = name;
    this.sort = sort;
  }

  /** Recalls how the list was left; a search the person was sent here with goes before it. */
  async start(): Promise<void> {
    const wanted = router.takeSearch();
    const left = await loginPreferences.recall(this.#name);
    if (left !== null) {
      this.search = left.search ?? "";
      this.filters = left.filters ?? {};
      if (left.sort !== undefined) this.sort = { column: left.sort, isDescending: left.isDescending ?? false };
      this.hiddenColumns = left.hiddenColumns ?? [];
    }
    if (wanted !== null) {
      this.search = wanted;
      this.filters = {};
    }
    this.isKnown = true;
  }

  /** Keeps how the list stands; called after each change. */
  keep(): void {
    const { search, filters, sort, hiddenColumns } = this;
    loginPreferences.remember(this.#name, {
      search,
      filters,
      hiddenColumns: [...hiddenColumns],
      ...(sort === null ? {} : { sort: sort.column, isDescending: sort.isDescending }),
    });
  }

  /** Sets a filter, or with "" takes it away. */
  filter(name: string, value: string): void {
    const { [name]: _gone, ...others } = this.filters;
    this.filters = value === "" ? others : { ...others, [name]: value };
    this.keep();
  }

  /** Shows what the list hides. */
  clear(): void {
    this.search = "";
    this.filters = {};
    this.keep();
  }

  isShown({ name }: Column): boolean {
    return !this.hiddenColumns.includes(name);
  }

  toggleColumn(name: string): void {
    this.hiddenColumns = this.hiddenColumns.includes(name)
      ? this.hiddenColumns.filter((other) => other !== name)
      : [...this.hiddenColumns, name];
    this.keep();
  }

  get isNarrowed(): boolean {
    return this.search !== "" || Object.keys(this.filters).length > 0;
  }
}
