import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export type StoredBackup = Omit<Schema["backups"], "size_bytes" | "problem"> & {
  readonly size_bytes: number;
  readonly problem: string;
};
export type StoredBackupSettings = Schema["backup_settings"];

export async function readStoredSettings(queries: Queries): Promise<StoredBackupSettings | null> {
  return (await queries.selectFrom("backup_settings").selectAll().executeTakeFirst()) ?? null;
}

export async function writeStoredSettings(tx: Tx, row: StoredBackupSettings): Promise<void> {
  await tx
    .insertInto("backup_settings")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

/** Newest first. */
export async function listBackups(queries: Queries, limit: number): Promise<StoredBackup[]> {
  return await queries.selectFrom("backups").selectAll().orderBy("taken_at", "desc").limit(limit).execute();
}

export async function findBackup(queries: Queries, id: string): Promise<StoredBackup | null> {
  return (await queries.selectFrom("backups").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export async function insertBackup(tx: Tx, row: StoredBackup): Promise<void> {
  await tx.insertInto("backups").values(row).execute();
}

export async function writeBackupEnd(
  tx: Tx,
  id: string,
  end: Pick<StoredBackup, "state" | "size_bytes" | "problem">,
): Promise<void> {
  await tx.updateTable("backups").set(end).where("id", "=", id).execute();
}

export async function writeBackupTest(tx: Tx, id: string, test: string): Promise<void> {
  await tx.updateTable("backups").set({ test }).where("id", "=", id).execute();
}

export async function deleteBackup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("backups").where("id", "=", id).execute();
}

/** What ran when the server ended did not end well; says how many there were. */
export async function failRunning(tx: Tx, problem: string): Promise<number> {
  const update = tx.updateTable("backups").set({ state: "failed", problem }).where("state", "=", "running");
  return Number((await update.executeTakeFirst()).numUpdatedRows);
}
