import type { Queries, Tx } from "../database/database.ts";

const NAME = "email";

/** What is stored of e-mail, JSON text; `null`: nothing yet. */
export async function readEmail(queries: Queries): Promise<string | null> {
  const query = queries.selectFrom("settings").select("value").where("name", "=", NAME);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writeEmail(tx: Tx, value: string): Promise<void> {
  await tx
    .insertInto("settings")
    .values({ name: NAME, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
