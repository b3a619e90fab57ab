import { sql } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { SealedHead } from "./chain.ts";

/** A row as it stands in the table. */
export type StoredAuditRow = Omit<Schema["audit_events"], "sequence"> & { readonly sequence: number };

export async function readHead(queries: Queries): Promise<SealedHead | null> {
  const row = await queries.selectFrom("audit_head").select(["count", "hash", "seal"]).executeTakeFirst();
  return row ?? null;
}

/** The last row that was deleted for its age; `null` while none was. */
export async function readStart(queries: Queries): Promise<SealedHead | null> {
  const row = await queries.selectFrom("audit_start").select(["count", "hash", "seal"]).executeTakeFirst();
  return row ?? null;
}

/** Deletes the rows up to and with `start`, which the chain begins after from then on. */
export async function deleteThrough(tx: Tx, start: SealedHead): Promise<void> {
  await tx.deleteFrom("audit_events").where("sequence", "<=", start.count).execute();
  await tx
    .insertInto("audit_start")
    .values({ id: 1, ...start })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(start))
    .execute();
}

export async function writeRow(tx: Tx, row: StoredAuditRow, head: SealedHead): Promise<void> {
  await tx.insertInto("audit_events").values(row).execute();
  await tx
    .insertInto("audit_head")
    .values({ id: 1, ...head })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(head))
    .execute();
}

/** Rows after `sequence`, oldest first. */
export async function rowsAfter(queries: Queries, sequence: number, limit: number): Promise<StoredAuditRow[]> {
  return await queries
    .selectFrom("audit_events")
    .selectAll()
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}

/** What the audit log is filtered by. */
export interface AuditFilter {
  readonly search?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly session?: string | undefined;
  /** Only rows older than this sequence number. */
  readonly before?: number | undefined;
}

/** Words looked for in one search; more of them cost more and find no better. */
const MAX_SEARCH_WORDS = 16;

const searchedColumns = [
  "actor_name",
  "address",
  "action",
  "object_kind",
  "object_id",
  "object_name",
  "detail",
] as const;

/** The newest row's sequence number; 0 for an empty log. */
export async function newestSequence(queries: Queries): Promise<number> {
  const query = queries.selectFrom("audit_events").select(({ fn }) => fn.max<number | null>("sequence").as("newest"));
  return (await query.executeTakeFirst())?.newest ?? 0;
}

/** Rows that fit from `first` to `last`, both counted in, newest first. */
export async function findRows(
  queries: Queries,
  filter: Omit<AuditFilter, "before">,
  { first, last }: { readonly first: number; readonly last: number },
  limit: number,
): Promise<StoredAuditRow[]> {
  let query = queries.selectFrom("audit_events").selectAll().orderBy("sequence", "desc").limit(limit);
  query = query.where("sequence", ">=", first).where("sequence", "<=", last);
  if (filter.action !== undefined) query = query.where("action", "=", filter.action);
  if (filter.outcome !== undefined) query = query.where("outcome", "=", filter.outcome);
  if (filter.from !== undefined) query = query.where("at", ">=", filter.from);
  if (filter.to !== undefined) query = query.where("at", "<", filter.to);
  if (filter.session !== undefined) query = query.where("session", "=", filter.session);
  const words = (filter.search ?? "").split(/\s+/u).filter((part) => part !== "");
  for (const word of words.slice(0, MAX_SEARCH_WORDS)) {
    const pattern = `%${word.replaceAll(/[\\%_]/gu, "\\$&")}%`;
    query = query.where((where) =>
      where.or(searchedColumns.map((column) => sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`)),
    );
  }
  return await query.execute();
}

/** What happened to one thing, newest first. */
export async function rowsOfObject(
  queries: Queries,
  object: { readonly kind: string; readonly id: string },
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<StoredAuditRow[]> {
  let query = queries.selectFrom("audit_events").selectAll().orderBy("sequence", "desc").limit(limit);
  query = query.where("object_kind", "=", object.kind).where("object_id", "=", object.id);
  if (before !== undefined) query = query.where("sequence", "<", before);
  return await query.execute();
}
