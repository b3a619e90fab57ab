/**
 * The SQL of transfers. SQLite's text is UTF-8, an endpoint's path need not be: one that is not stands as a JSON string,
 * which begins with a quote as no whole path does.
 */
import type { Insertable, Selectable } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export type TransferRow = Selectable<Schema["transfers"]>;
export type NewTransferRow = Insertable<Schema["transfers"]>;

export async function insertTransfer(queries: Queries, row: NewTransferRow): Promise<void> {
  await queries
    .insertInto("transfers")
    .values({ ...row, path: storedPath(row.path) })
    .execute();
}

/** Whether a session has not ended. */
export async function isSessionRunning(queries: Queries, session: string): Promise<boolean> {
  const running = queries.selectFrom("support_sessions").select("id").where("id", "=", session);
  return (await running.where("ended_at", "is", null).executeTakeFirst()) !== undefined;
}

export async function findTransfer(queries: Queries, id: string): Promise<TransferRow | undefined> {
  const row = await queries.selectFrom("transfers").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : read(row);
}

/** The transfers of a session that have not ended. */
export async function openTransfersOf(queries: Queries, session: string): Promise<TransferRow[]> {
  const open = queries.selectFrom("transfers").selectAll().where("session", "=", session).where("state", "=", "open");
  return (await open.execute()).map(read);
}

/** Sessions that have ended while transfers of theirs stand as open: a server stopped at the wrong moment left them. */
export async function endedSessionsWithOpenTransfers(queries: Queries): Promise<string[]> {
  const rows = await queries
    .selectFrom("transfers")
    .innerJoin("support_sessions", "support_sessions.id", "transfers.session")
    .select("transfers.session")
    .distinct()
    .where("transfers.state", "=", "open")
    .where("support_sessions.ended_at", "is not", null)
    .execute();
  return rows.map(({ session }) => session);
}

function read(row: TransferRow): TransferRow {
  const { path, size_bytes, verified_bytes } = row;
  return { ...row, path: readPath(path), size_bytes: Number(size_bytes), verified_bytes: Number(verified_bytes) };
}

/** How far an upload is, and the conflict's newest answer; false where it has ended. */
export async function setProgress(
  queries: Queries,
  id: string,
  progress: Pick<TransferRow, "verified_bytes" | "conflict">,
): Promise<boolean> {
  const open = queries.updateTable("transfers").set(progress).where("id", "=", id).where("state", "=", "open");
  return Number((await open.executeTakeFirst()).numUpdatedRows) > 0;
}

export async function setHash(queries: Queries, id: string, sha256: string): Promise<void> {
  await queries.updateTable("transfers").set({ sha256 }).where("id", "=", id).where("state", "=", "open").execute();
}

/** Ends an open transfer; false where it had ended already. */
export async function endTransfer(
  queries: Queries,
  id: string,
  end: Pick<TransferRow, "state" | "sha256" | "finished_at" | "path">,
): Promise<boolean> {
  const result = await queries
    .updateTable("transfers")
    .set({ ...end, path: storedPath(end.path) })
    .where("id", "=", id)
    .where("state", "=", "open")
    .executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

function storedPath(path: string): string {
  return path.isWellFormed() ? path : JSON.stringify(path);
}

function readPath(stored: string): string {
  return stored.startsWith('"') ? (JSON.parse(stored) as string) : stored;
}
