/** What a table's columns are, and by which its rows are sorted. */

/** One column. */
export interface Column {
  readonly name: string;
  readonly title: string;
  /** A CSS width; the columns without one share what is left. */
  readonly width?: string;
  readonly isSortable?: boolean;
  /** Numbers stand at the end. */
  readonly isEnd?: boolean;
  /** Left out when the table is narrower than 860 px ("medium") or 560 px ("narrow"). */
  readonly hideWhen?: "medium" | "narrow";
  /** The title is for screen readers only. */
  readonly isTitleHidden?: boolean;
}

/** The column that orders the rows. */
export interface TableSort {
  readonly column: string;
  readonly isDescending: boolean;
}

/** The order after a click on a column's title: ascending first, then the other way round. */
export function sortAfterClick(sort: TableSort | null, column: Column): TableSort {
  return { column: column.name, isDescending: sort?.column === column.name ? !sort.isDescending : false };
}

/** What a column's heading says of the order to a screen reader. */
export function ariaSortOf(sort: TableSort | null, column: Column): "ascending" | "descending" | "none" | undefined {
  if (column.isSortable !== true) return undefined;
  if (sort?.column !== column.name) return "none";
  return sort.isDescending ? "descending" : "ascending";
}
