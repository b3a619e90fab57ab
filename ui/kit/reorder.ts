/** Moving one thing of an ordered list. Pure. */

/** The list with the thing at `from` standing at `to`; the same list when nothing moves. */
export function reordered<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const target = Math.max(0, Math.min(items.length - 1, to));
  const moved = items[from];
  if (moved === undefined || target === from) return items;
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, target), moved, ...rest.slice(target)];
}

/** The place a dragged row would take: the pointer's height over rows of these middles (both px, page). */
export function placeUnder(pointerY: number, middles: readonly number[]): number {
  const below = middles.findIndex((middle) => pointerY < middle);
  return below < 0 ? middles.length - 1 : below;
}
