import type { Insertable } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

/** A sign-in with its holder's name. */
export interface StoredSignIn {
  readonly hash: string;
  readonly administrator: string;
  readonly username: string;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
}

const selectSignIns = (queries: Queries) =>
  queries
    .selectFrom("appliance_sign_ins as s")
    .innerJoin("appliance_administrators as a", "a.id", "s.administrator")
    .select([
      "s.token_hash as hash",
      "s.administrator",
      "a.username",
      "s.address",
      "s.user_agent as userAgent",
      "s.created_at as createdAt",
      "s.last_seen_at as lastSeenAt",
    ]);

export async function insertSignIn(tx: Tx, row: Insertable<Schema["appliance_sign_ins"]>): Promise<void> {
  await tx.insertInto("appliance_sign_ins").values(row).execute();
}

export async function findSignIn(queries: Queries, hash: string): Promise<StoredSignIn | null> {
  return (await selectSignIns(queries).where("s.token_hash", "=", hash).executeTakeFirst()) ?? null;
}

/** Newest first. */
export async function listSignIns(queries: Queries): Promise<StoredSignIn[]> {
  return await selectSignIns(queries).orderBy("s.created_at", "desc").execute();
}

export async function writeLastSeen(tx: Tx, hash: string, at: string): Promise<void> {
  await tx.updateTable("appliance_sign_ins").set({ last_seen_at: at }).where("token_hash", "=", hash).execute();
}

export async function deleteSignIn(tx: Tx, hash: string): Promise<void> {
  await tx.deleteFrom("appliance_sign_ins").where("token_hash", "=", hash).execute();
}

/** All of one administrator but `except`. */
export async function deleteSignInsOf(tx: Tx, administrator: string, except: string): Promise<void> {
  await tx
    .deleteFrom("appliance_sign_ins")
    .where("administrator", "=", administrator)
    .where("token_hash", "<>", except)
    .execute();
}

/** Those nobody used since `seenBefore`, and those that began before `madeBefore`. */
export async function deleteOver(tx: Tx, seenBefore: string, madeBefore: string): Promise<void> {
  await tx
    .deleteFrom("appliance_sign_ins")
    .where((where) => where.or([where("last_seen_at", "<", seenBefore), where("created_at", "<", madeBefore)]))
    .execute();
}

/** Keeps the `count` newest of an administrator. */
export async function keepNewestSignIns(tx: Tx, administrator: string, count: number): Promise<void> {
  const newest = tx
    .selectFrom("appliance_sign_ins")
    .select("token_hash")
    .where("administrator", "=", administrator)
    .orderBy("created_at", "desc")
    .limit(count);
  await tx
    .deleteFrom("appliance_sign_ins")
    .where("administrator", "=", administrator)
    .where("token_hash", "not in", newest)
    .execute();
}
