import type { Queries } from "../database/database.ts";

/** A representative's preferences as JSON text, or `null` before they chose any. */
export async function readPreferences(queries: Queries, representative: string): Promise<string | null> {
  const query = queries.selectFrom("preferences").select("value").where("representative", "=", representative);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writePreferences(queries: Queries, representative: string, value: string): Promise<void> {
  await queries
    .insertInto("preferences")
    .values({ representative, value })
    .onConflict((conflict) => conflict.column("representative").doUpdateSet({ value }))
    .execute();
}

/** How /login is liked, JSON text, or `null` before anything was chosen. */
export async function readLoginPreferences(queries: Queries, representative: string): Promise<string | null> {
  const query = queries.selectFrom("login_preferences").select("value").where("representative", "=", representative);
  return (await query.executeTakeFirst())?.value ?? null;
}

export async function writeLoginPreferences(queries: Queries, representative: string, value: string): Promise<void> {
  await queries
    .insertInto("login_preferences")
    .values({ representative, value })
    .onConflict((conflict) => conflict.column("representative").doUpdateSet({ value }))
    .execute();
}
