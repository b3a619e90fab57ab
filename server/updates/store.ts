import type { Selectable } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { UpdateRecord } from "./update.ts";

type Row = Selectable<Schema["updates"]>;

/** Writes it as it is now. */
export async function writeUpdate(tx: Tx, record: UpdateRecord): Promise<void> {
  const row = toRow(record);
  await tx
    .insertInto("updates")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

/** How many bytes are safe on the disk. */
export async function writeReceived(tx: Tx, id: string, receivedBytes: number): Promise<void> {
  await tx.updateTable("updates").set({ received_bytes: receivedBytes }).where("id", "=", id).execute();
}

/** The newest, newest first. */
export async function newestUpdates(queries: Queries, limit: number): Promise<UpdateRecord[]> {
  const rows = await queries
    .selectFrom("updates")
    .selectAll()
    .orderBy("begun_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toRecord);
}

/** All but the newest go. */
export async function dropOldUpdates(tx: Tx, kept: number): Promise<void> {
  const newest = tx.selectFrom("updates").select("id").orderBy("begun_at", "desc").orderBy("id").limit(kept);
  await tx.deleteFrom("updates").where("id", "not in", newest).execute();
}

function toRow(record: UpdateRecord): Row {
  return {
    ...{ id: record.id, version: record.version, source: record.source, file_name: record.fileName },
    ...{ size_bytes: record.sizeBytes, received_bytes: record.receivedBytes },
    manifest: record.manifest === null ? null : JSON.stringify(record.manifest),
    steps: JSON.stringify(record.steps),
    ...{ state: record.state as Row["state"], restarts_at: record.restartsAt, drain_minutes: record.drainMinutes },
    ...{ from_version: record.fromVersion, slot: record.slot, begun_at: record.begunAt, ended_at: record.endedAt },
  };
}

function toRecord(row: Row): UpdateRecord {
  return {
    ...{ id: row.id, version: row.version, source: row.source, fileName: row.file_name },
    ...{ sizeBytes: row.size_bytes, receivedBytes: row.received_bytes },
    manifest: row.manifest === null ? null : (JSON.parse(row.manifest) as UpdateRecord["manifest"]),
    steps: JSON.parse(row.steps) as UpdateRecord["steps"],
    ...{ state: row.state, restartsAt: row.restarts_at, drainMinutes: row.drain_minutes },
    ...{ fromVersion: row.from_version, slot: row.slot, begunAt: row.begun_at, endedAt: row.ended_at },
  };
}
