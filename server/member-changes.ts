/** What the change of a list of members or memberships comes to. Pure. */

/** Names told of in an audit event; of the others only how many. */
const NAMES_TOLD = 20;

/** What to write and what to take away, by id. */
export interface MemberChanges<T> {
  /** New ones, and those whose value differs. */
  readonly written: ReadonlyMap<string, T>;
  readonly removed: readonly string[];
}

/** The difference between what there is and what there shall be. */
export function memberChanges<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): MemberChanges<T> {
  const written = Array.from(after).filter(([id, value]) => !before.has(id) || !Bun.deepEquals(before.get(id), value));
  return { written: new Map(written), removed: [...before.keys()].filter((id) => !after.has(id)) };
}

/** Whether there is nothing to do. */
export const isEmpty = ({ written, removed }: MemberChanges<unknown>): boolean =>
  written.size === 0 && removed.length === 0;

/** What an audit event tells of it: names with their values, the first twenty, and how many in all. */
export function membersDetail<T>(
  { written, removed }: MemberChanges<T>,
  nameOf: (id: string) => string,
): Record<string, unknown> {
  const set = Array.from(written).slice(0, NAMES_TOLD);
  return {
    set: Object.fromEntries(set.map(([id, value]) => [nameOf(id), value])),
    setCount: written.size,
    removed: removed.slice(0, NAMES_TOLD).map(nameOf),
    removedCount: removed.length,
  };
}
