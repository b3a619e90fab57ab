/** What a change of something comes to, for its row and for the audit log. Pure. */

/** What differs, and for each field what it was and what it is. */
export interface ChangedFields<T> {
  readonly changes: Partial<T>;
  readonly detail: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
}

/** The fields of the wish that say something else than what is there; absent ones stay. */
export function changedFields<T extends object>(before: T, wish: { readonly [N in keyof T]?: T[N] | undefined }) {
  const names = (Object.keys(wish) as (keyof T & string)[]).filter(
    (name) => wish[name] !== undefined && !Bun.deepEquals(before[name], wish[name]),
  );
  const detail = Object.fromEntries(names.map((name) => [name, { before: before[name], after: wish[name] }]));
  const changes = Object.fromEntries(names.map((name) => [name, wish[name]])) as Partial<T>;
  return { changes, detail } satisfies ChangedFields<T>;
}
