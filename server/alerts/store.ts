import type { Queries, Tx } from "../database/database.ts";

/** JSON texts under names of their own in the table of settings. */
type Name = "alerts" | "alerts-sent";

export async function readValue(queries: Queries, name: Name): Promise<string | null> {
  const query = queries.selectFrom("settings").select("value").where("name", "=", name);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writeValue(tx: Tx, name: Name, value: string): Promise<void> {
  await tx
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
