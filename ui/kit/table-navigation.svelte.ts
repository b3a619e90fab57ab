/** What keys and clicks do in a table: where the row cursor goes and which rows are selected. */
import type { TableRows } from "./table-rows.svelte.ts";
import {
  nothingSelected,
  rangeFromAnchor,
  type Selection,
  selectOnly,
  selectRange,
  toggleRow,
} from "./table-selection.ts";
import { cursorAfter } from "./table-window.ts";

/** The table as the navigation sees it; each answer is asked for anew. */
export interface NavigatedTable<Row extends { readonly id: string }> {
  readonly rows: () => TableRows<Row>;
  readonly isMultiSelect: () => boolean;
  readonly selection: () => Selection;
  readonly select: (selection: Selection) => void;
  /** Rows that stand in the height of the table, for Page Up and Down. */
  readonly pageRows: () => number;
  /** The cursor came to a row: bring it into sight and tell the page. */
  readonly onMoved: (index: number) => void;
  /** False: rows are not opened in this table. */
  readonly open: (row: Row) => boolean;
}

export class TableNavigation<Row extends { readonly id: string }> {
  /** The row under the cursor, or -1. */
  cursor = $state(-1);
  readonly #table: NavigatedTable<Row>;

  constructor(table: NavigatedTable<Row>) {
    this.#table = table;
  }

  get #total(): number {
    return this.#table.rows().total ?? 0;
  }

  /** Every row is selected. */
  get isAllSelected(): boolean {
    return this.#total > 0 && this.#table.selection().ids.size >= this.#total;
  }

  /** The cursor follows its row when the order changes; when the row is gone it stays at its place. */
  follow(currentId: string | null): void {
    const rows = this.#table.rows();
    if (currentId === null) this.cursor = -1;
    else if (rows.at(this.cursor)?.id !== currentId) {
      const index = rows.indexOf(currentId);
      if (index >= 0) this.cursor = index;
    }
  }

  moveTo(index: number): void {
    this.cursor = index;
    this.#table.onMoved(index);
  }

  /** Selects every row, or none when all are. */
  async selectAll(): Promise<void> {
    if (this.isAllSelected) this.#table.select(nothingSelected);
    else {
      const ids = await this.#table.rows().idsIn({ from: 0, to: this.#total });
      this.#table.select({ ids: new Set(ids), anchor: 0 });
    }
  }

  /** A click on a row: alone, with Ctrl added, with Shift up to it. */
  click(event: MouseEvent, row: Row, index: number): void {
    const isMulti = this.#table.isMultiSelect();
    if (isMulti && event.shiftKey) void this.#extendTo(index);
    else if (isMulti && (event.ctrlKey || event.metaKey)) this.#toggle(row, index);
    else this.#table.select(isMulti ? selectOnly(row.id, index) : nothingSelected);
    this.moveTo(index);
  }

  /** A click on a row's box. */
  clickBox(event: MouseEvent, row: Row, index: number): void {
    if (event.shiftKey) void this.#extendTo(index);
    else this.#toggle(row, index);
    this.cursor = index;
  }

  /** True: the key meant something here. */
  press(event: KeyboardEvent): boolean {
    if (event.altKey || event.metaKey) return false;
    return event.ctrlKey ? this.#pressWithCtrl(event.key) : this.#pressCursorKey(event) || this.#pressPlain(event.key);
  }

  #pressWithCtrl(key: string): boolean {
    if (key.toLowerCase() !== "a" || !this.#table.isMultiSelect()) return false;
    void this.selectAll();
    return true;
  }

  #pressCursorKey(event: KeyboardEvent): boolean {
    const next = cursorAfter(event.key, this.cursor, this.#total, this.#table.pageRows());
    if (next === null) return false;
    if (this.#table.isMultiSelect() && event.shiftKey) void this.#extendTo(next);
    this.moveTo(next);
    return true;
  }

  #pressPlain(key: string): boolean {
    const row = this.#table.rows().at(this.cursor);
    if (row === undefined) return false;
    if (key === "Enter") return this.#table.open(row);
    if (key === " " && this.#table.isMultiSelect()) this.#toggle(row, this.cursor);
    else if (key === "Escape" && this.#table.selection().ids.size > 0) this.#table.select(nothingSelected);
    else return false;
    return true;
  }

  #toggle(row: Row, index: number): void {
    this.#table.select(toggleRow(this.#table.selection(), row.id, index));
  }

  async #extendTo(index: number): Promise<void> {
    const start = this.cursor < 0 ? index : this.cursor;
    const ids = await this.#table.rows().idsIn(rangeFromAnchor(this.#table.selection(), start, index));
    this.#table.select(selectRange(this.#table.selection(), ids, start));
  }
}
