/** The audit log as people read it: pages of rows, and the whole of it as a file. */
import { setImmediate as othersTurn } from "node:timers/promises";
import { Value } from "@sinclair/typebox/value";
import type { Static } from "@sinclair/typebox";
import { type AuditQuery, AuditRow } from "../../protocol/api/administration.ts";
import type { Queries } from "../database/database.ts";
import { type AuditFilter, findRows, newestSequence, type StoredAuditRow } from "./store.ts";

export type AuditPageQuery = Static<typeof AuditQuery>;
type Row = Static<typeof AuditRow>;

const DEFAULT_PAGE = 100;
const EXPORT_PAGE = 500;
/**
 * Rows looked through at once. A search that finds nothing walks the whole log on the server's only thread (measured: 139
 * ms for 300,000 rows); in such steps of about 5 ms the keys of everybody else get in between.
 */
const STEP_ROWS = 10_000;

/** A page of rows, newest first. */
export async function readAuditPage(
  queries: Queries,
  query: AuditPageQuery,
  stepRows = STEP_ROWS,
): Promise<{ rows: Row[]; hasMore: boolean }> {
  const limit = query.limit ?? DEFAULT_PAGE;
  const rows = await newestThatFit(queries, query, limit + 1, stepRows);
  return { rows: rows.slice(0, limit).map(toRow), hasMore: rows.length > limit };
}

/** The rows that fit as text, newest first, a page at a time; a slow reader holds one page in memory. */
export async function* exportAudit(
  queries: Queries,
  filter: AuditFilter,
  format: "csv" | "json",
): AsyncGenerator<string> {
  if (format === "csv") yield `${csvColumns.join(",")}\r\n`;
  const write = format === "csv" ? toCsvLine : (row: Row) => `${JSON.stringify(row)}\n`;
  for (let before = filter.before; ;) {
    const rows = await newestThatFit(queries, { ...filter, before }, EXPORT_PAGE, STEP_ROWS);
    if (rows.length > 0) yield rows.map((row) => write(toRow(row))).join("");
    if (rows.length < EXPORT_PAGE) return;
    before = rows.at(-1)!.sequence;
  }
}

async function newestThatFit(
  queries: Queries,
  { before = Infinity, ...filter }: AuditFilter,
  limit: number,
  stepRows: number,
): Promise<StoredAuditRow[]> {
  const found: StoredAuditRow[] = [];
  let last = Math.min(before - 1, await newestSequence(queries));
  while (last > 0 && found.length < limit) {
    const first = Math.max(1, last - stepRows + 1);
    found.push(...(await findRows(queries, filter, { first, last }, limit - found.length)));
    last = first - 1;
    await othersTurn();
  }
  return found;
}

const csvColumns = [
  "sequence",
  "at",
  "actorKind",
  "actorName",
  "address",
  "action",
  "outcome",
  "objectKind",
  "objectId",
  "objectName",
  "session",
  "detail",
  "hash",
] as const;

function toCsvLine(row: Row): string {
  const cells = csvColumns.map((column) => {
    const value = row[column];
    return csvCell(typeof value === "object" ? (value === null ? "" : JSON.stringify(value)) : String(value));
  });
  return `${cells.join(",")}\r\n`;
}

/**
 * One cell (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it: names in the log
 * were chosen by people we do not know (OWASP, CSV injection).
 */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A row as the API shows it. */
export function toRow(row: StoredAuditRow): Row {
  return Value.Parse(AuditRow, {
    sequence: row.sequence,
    at: row.at,
    actorKind: row.actor_kind,
    actorName: row.actor_name,
    address: row.address,
    action: row.action,
    outcome: row.outcome,
    objectKind: row.object_kind,
    objectId: row.object_id,
    objectName: row.object_name,
    session: row.session,
    detail: JSON.parse(row.detail),
    hash: row.hash,
  });
}
