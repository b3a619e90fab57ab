/** Which release ran last on these tables; kept in them, for the older program that cannot read them. */
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

const NAME = "programVersion";
/** A release's number is shorter; what is longer was not written by us. */
const MAX_CHARACTERS = 40;

/** null: the tables are from before it was written down. Never throws for what stands there: newer tables are asked, too. */
export async function readProgramVersion(db: Kysely<Schema>): Promise<string | null> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", NAME).executeTakeFirst();
  const version: unknown = row === undefined ? null : parsed(row.value);
  return typeof version === "string" && version.length <= MAX_CHARACTERS ? version : null;
}

/** Writes only where another release ran before. */
export async function noteProgramVersion(db: Kysely<Schema>, version: string): Promise<void> {
  if ((await readProgramVersion(db)) === version) return;
  const value = JSON.stringify(version);
  await db
    .insertInto("settings")
    .values({ name: NAME, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
