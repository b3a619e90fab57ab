/** Which rows of a table are selected, by id. Values, never changed in place. */

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The row from which Shift extends, or null. */
  readonly anchor: number | null;
}

export const nothingSelected: Selection = { ids: new Set(), anchor: null };

/** Only this row. */
export function selectOnly(id: string, index: number): Selection {
  return { ids: new Set([id]), anchor: index };
}

/** This row too, or no longer. */
export function toggleRow(selection: Selection, id: string, index: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: index };
}

/** From the anchor (or `from`, the row the cursor was on) to this row, in place of what was selected. */
export function rangeFromAnchor(
  selection: Selection,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  const anchor = selection.anchor ?? from;
  return { from: Math.min(anchor, to), to: Math.max(anchor, to) + 1 };
}

/** Exactly these rows; the anchor stays. */
export function selectRange(selection: Selection, ids: Iterable<string>, anchor: number): Selection {
  return { ids: new Set(ids), anchor: selection.anchor ?? anchor };
}
