import type { Queries, Tx } from "../database/database.ts";

/** The stored rules as JSON text by name; what nobody chose is absent. */
export async function readRules(queries: Queries, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.selectFrom("settings").selectAll().where("name", "in", names).execute();
  return new Map(rows.map((row) => [row.name, row.value]));
}

export async function writeRule(tx: Tx, name: string, value: string): Promise<void> {
  await tx
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
