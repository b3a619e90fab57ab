import type { Insertable } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export async function insertSignIn(tx: Tx, row: Insertable<Schema["appliance_sign_ins"]>): Promise<void> {
  await tx.insertInto("appliance_sign_ins").values(row).execute();
}

/** A sign-in with its holder's name. */
export async function findSignIn(queries: Queries, hash: string) {
  return await queries
    .selectFrom("appliance_sign_ins as s")
    .innerJoin("appliance_administrators as a", "a.id", "s.administrator")
    .select(["s.administrator", "s.created_at", "s.last_seen_at", "a.username"])
    .where("s.token_hash", "=", hash)
    .executeTakeFirst();
}

export async function writeLastSeen(tx: Tx, hash: string, at: string): Promise<void> {
  await tx.updateTable("appliance_sign_ins").set({ last_seen_at: at }).where("token_hash", "=", hash).execute();
}

export async function deleteSignIn(tx: Tx, hash: string): Promise<void> {
  await tx.deleteFrom("appliance_sign_ins").where("token_hash", "=", hash).execute();
}
