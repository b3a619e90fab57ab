import type { Health } from "../../protocol/api/appliance/status.ts";
import type { Queries, Tx } from "../database/database.ts";

/** A row of the appliance's events. */
export interface StoredEvent {
  readonly at: string;
  readonly health: Health;
  readonly title: string;
  readonly detail: string;
}

export async function insertEvent(tx: Tx, event: StoredEvent): Promise<void> {
  await tx.insertInto("appliance_events").values(event).execute();
}

/** All but the newest go. */
export async function dropOldEvents(tx: Tx, kept: number): Promise<void> {
  const newest = tx.selectFrom("appliance_events").select("sequence").orderBy("sequence", "desc").limit(kept);
  await tx.deleteFrom("appliance_events").where("sequence", "not in", newest).execute();
}

/** Newest first. */
export async function newestEvents(queries: Queries, limit: number): Promise<StoredEvent[]> {
  const columns = ["at", "health", "title", "detail"] as const;
  return await queries
    .selectFrom("appliance_events")
    .select(columns)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

/** How full the disk was at the start of a day, and nothing of days before `oldest`. */
export async function writeDiskLevel(tx: Tx, day: string, usedBytes: number, oldest: string): Promise<void> {
  const row = { day, used_bytes: usedBytes };
  await tx
    .insertInto("disk_levels")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx.deleteFrom("disk_levels").where("day", "<", oldest).execute();
}

/** Oldest first. */
export async function readDiskLevels(queries: Queries): Promise<{ day: string; usedBytes: number }[]> {
  const rows = await queries.selectFrom("disk_levels").selectAll().orderBy("day").execute();
  return rows.map(({ day, used_bytes: usedBytes }) => ({ day, usedBytes }));
}

/** What parts of the product have to do now. */
export async function readLoads(
  queries: Queries,
): Promise<{ jumpClientsOnline: number; openTransfers: number; providers: number }> {
  const online = await queries
    .selectFrom("jump_clients")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("is_online", "=", 1)
    .where("is_leaving", "=", 0)
    .executeTakeFirstOrThrow();
  const transfers = await queries
    .selectFrom("transfers")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  const providers = await queries
    .selectFrom("providers")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("is_enabled", "=", 1)
    .executeTakeFirstOrThrow();
  return {
    jumpClientsOnline: Number(online.count),
    openTransfers: Number(transfers.count),
    providers: Number(providers.count),
  };
}

/** The time of the audit log's first row; null: there is none. */
export async function oldestAuditRow(queries: Queries): Promise<string | null> {
  const row = await queries.selectFrom("audit_events").select("at").orderBy("sequence").limit(1).executeTakeFirst();
  return row?.at ?? null;
}
