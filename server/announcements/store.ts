/** The SQL of announcements. Times are UTC ISO 8601. */
import type { Selectable } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export type StoredAnnouncement = Selectable<Schema["announcements"]>;

/** Those whose end lies after a time, newest first. */
export async function announcementsAt(queries: Queries, at: string): Promise<StoredAnnouncement[]> {
  return await queries
    .selectFrom("announcements")
    .selectAll()
    .where("ends_at", ">", at)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
}

export async function insertAnnouncement(queries: Queries, row: StoredAnnouncement): Promise<void> {
  await queries.insertInto("announcements").values(row).execute();
}

export async function deleteAnnouncement(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom("announcements").where("id", "=", id).execute();
}

/** Forgets those that have run out. */
export async function deleteOver(queries: Queries, at: string): Promise<void> {
  await queries.deleteFrom("announcements").where("ends_at", "<=", at).execute();
}
