import type { Queries, Tx } from "../database/database.ts";

/** What is kept: the places that hold, and while others are tried those to go back to. JSON texts. */
export interface StoredListeners {
  readonly listeners: string | null;
  readonly former: string | null;
}

const names = { listeners: "listeners", former: "listenersBeforeTrial" } as const;

export async function readListeners(queries: Queries): Promise<StoredListeners> {
  const query = queries.selectFrom("settings").selectAll().where("name", "in", Object.values(names));
  const values = new Map((await query.execute()).map(({ name, value }) => [name, value]));
  return { listeners: values.get(names.listeners) ?? null, former: values.get(names.former) ?? null };
}

/** `null` removes. */
export async function writeListeners(tx: Tx, { listeners, former }: StoredListeners): Promise<void> {
  await tx.deleteFrom("settings").where("name", "in", Object.values(names)).execute();
  const rows = [
    { name: names.listeners, value: listeners },
    { name: names.former, value: former },
  ].flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  if (rows.length > 0) await tx.insertInto("settings").values(rows).execute();
}
