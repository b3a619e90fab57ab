import type { Queries, Tx } from "../database/database.ts";

/** What a code may be used for, each once. */
export type PresenceUse = "site-set-up" | "administrator";
const columns = { "site-set-up": "site_set_up_at", administrator: "administrator_set_at" } as const;

/** The one code there is: an earlier one no longer counts. */
export async function replaceCodes(tx: Tx, hash: string, createdAt: string, expiresAt: string): Promise<void> {
  await tx.deleteFrom("presence_codes").execute();
  await tx
    .insertInto("presence_codes")
    .values({
      ...{ hash, created_at: createdAt, expires_at: expiresAt },
      ...{ site_set_up_at: null, administrator_set_at: null },
    })
    .execute();
}

/** Whether this code holds at `now` and was not used for this. */
export async function isOpen(queries: Queries, hash: string, use: PresenceUse, now: string): Promise<boolean> {
  const query = queries.selectFrom("presence_codes").select("hash").where("hash", "=", hash);
  return (await query.where("expires_at", ">", now).where(columns[use], "is", null).executeTakeFirst()) !== undefined;
}

/** Notes the use. */
export async function markUsed(tx: Tx, hash: string, use: PresenceUse, now: string): Promise<void> {
  await tx
    .updateTable("presence_codes")
    .set({ [columns[use]]: now })
    .where("hash", "=", hash)
    .execute();
}
