/** Which rows of a long table stand in the page. Pure; a row's height is fixed and known, nothing is measured. */

/** Rows from `from` up to but without `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The rows to render: those in sight and `overscan` more on both sides. */
export function visibleRows(view: {
  readonly scrollTopPx: number;
  readonly heightPx: number;
  readonly rowHeightPx: number;
  readonly total: number;
  readonly overscan: number;
}): RowRange {
  const { scrollTopPx, heightPx, rowHeightPx, total, overscan } = view;
  const first = Math.floor(Math.max(0, scrollTopPx) / rowHeightPx);
  const last = Math.ceil((Math.max(0, scrollTopPx) + heightPx) / rowHeightPx);
  const to = Math.min(total, last + overscan);
  return { from: Math.max(0, Math.min(first - overscan, to)), to };
}

/** Where to scroll so that a row is wholly in sight below the header; the present place when it is already. */
export function scrollTopFor(
  index: number,
  view: {
    readonly scrollTopPx: number;
    readonly heightPx: number;
    readonly rowHeightPx: number;
    readonly headerPx: number;
  },
): number {
  const top = index * view.rowHeightPx;
  const room = view.heightPx - view.headerPx;
  if (top < view.scrollTopPx) return top;
  if (top + view.rowHeightPx > view.scrollTopPx + room) return Math.max(0, top + view.rowHeightPx - room);
  return view.scrollTopPx;
}

/** The numbers of the blocks of `blockSize` rows that a range touches. */
export function blocksOf(range: RowRange, blockSize: number): readonly number[] {
  if (range.to <= range.from) return [];
  const first = Math.floor(range.from / blockSize);
  const last = Math.floor((range.to - 1) / blockSize);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Where the row cursor goes with a key, or null for a key that does not move it. */
export function cursorAfter(key: string, cursor: number, total: number, pageRows: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: cursor + 1,
    // With no cursor yet, up starts at the end.
    ArrowUp: cursor < 0 ? total - 1 : cursor - 1,
    PageDown: cursor + Math.max(1, pageRows),
    PageUp: cursor - Math.max(1, pageRows),
    Home: 0,
    End: total - 1,
  };
  const next = steps[key];
  if (next === undefined || total === 0) return null;
  return Math.max(0, Math.min(total - 1, next));
}
