import type { Queries, Tx } from "../database/database.ts";

/** Every stored setting; the values are JSON text. */
export async function readSettings(queries: Queries): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.selectFrom("settings").selectAll().execute();
  return new Map(rows.map((row) => [row.name, row.value]));
}

/** One of them; null: nothing yet. */
export async function readSetting(queries: Queries, name: string): Promise<string | null> {
  const query = queries.selectFrom("settings").select("value").where("name", "=", name);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writeSetting(tx: Tx, name: string, value: string): Promise<void> {
  await tx
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
