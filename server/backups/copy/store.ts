/** A database file outside the serving one: copied, counted, made ready to take its place. Each opens it for itself. */
import { Database as Sqlite } from "bun:sqlite";
import { existsSync } from "node:fs";

const BUSY_TIMEOUT_MS = 5000;

/** What is counted, to be compared after a restore. */
export interface CopyCounts {
  readonly representatives: number;
  readonly jumpClients: number;
  readonly auditRows: number;
}
/** What a copy says of its site. */
export interface CopyFacts extends CopyCounts {
  readonly siteName: string;
  readonly hostname: string;
}

/**
 * Writes a copy of a database as it is at one moment, while others go on writing to it. Takes as long as reading all of
 * it; the write-ahead log grows meanwhile.
 */
export function copyDatabase(file: string, copy: string): void {
  using database = opened(file);
  database.run("vacuum into ?", [copy]);
}

/** How large a copy will be at most, in bytes. */
export function copySize(file: string): number {
  using database = opened(file);
  const pages = database.query<{ page_count: number }, []>("pragma page_count").get()?.page_count ?? 0;
  const page = database.query<{ page_size: number }, []>("pragma page_size").get()?.page_size ?? 0;
  return pages * page;
}

export function readCopy(file: string): CopyFacts {
  using database = opened(file);
  const count = (table: "representatives" | "jump_clients" | "audit_events"): number =>
    database.query<{ rows: number }, []>(`select count(*) as rows from ${table}`).get()?.rows ?? 0;
  const setting = (name: string): string => {
    const row = database.query<{ value: string }, [string]>("select value from settings where name = ?").get(name);
    const value: unknown = row === null ? "" : JSON.parse(row.value);
    return typeof value === "string" ? value : "";
  };
  return {
    ...{ siteName: setting("siteName"), hostname: setting("hostname") },
    ...{ representatives: count("representatives"), jumpClients: count("jump_clients") },
    auditRows: count("audit_events"),
  };
}

/** Nobody is signed in by a backup: what was ended since would live again. Nor is one still running. */
const endedByRestore = [
  "sign_ins",
  "appliance_sign_ins",
  "presence_codes",
  "sign_in_steps",
  "api_tokens",
  "reset_links",
] as const;
/** Settings that are this box's and not the site's: where it answers whom. */
const boxSettings = ["listeners", "listenersBeforeTrial"] as const;

/** That somebody asked for the other version: of then, and of no box any more. */
const RETURN_OF_UPDATES = "updateReturn";

/** Settings of the box a backup is restored on. */
export type BoxSettings = readonly { readonly name: string; readonly value: string }[];

/** None where there is no database yet. */
export function readBoxSettings(file: string): BoxSettings {
  if (!existsSync(file)) return [];
  using database = opened(file);
  const marks = boxSettings.map(() => "?").join(", ");
  return database
    .query<{ name: string; value: string }, string[]>(`select name, value from settings where name in (${marks})`)
    .all(...boxSettings);
}

/** The number of the trust bundle a database's site published last; 0 where there is none, or it is another site's. */
export function readTrustVersion(file: string, siteId: string): number {
  if (!existsSync(file)) return 0;
  using database = opened(file);
  const site = database.query<{ trust_bundle_version: number }, [string]>(
    "select trust_bundle_version from site where site_id = ?",
  );
  return site.get(siteId)?.trust_bundle_version ?? 0;
}

/**
 * Ends what must not live again, keeps the box's own settings, and leaves the file without a log beside it.
 * @param at now, UTC ISO 8601
 * @param endsSignIns false where nothing was written since the copy: nothing was ended since either
 */
export function settleCopy(file: string, kept: BoxSettings, at: string, endsSignIns = true): void {
  using database = opened(file);
  database.transaction(() => {
    for (const table of endsSignIns ? endedByRestore : []) database.run(`delete from ${table}`);
    database.run("delete from backups where state = 'running'");
    endUpdates(database, at);
    for (const name of [...boxSettings, RETURN_OF_UPDATES]) database.run("delete from settings where name = ?", [name]);
    for (const { name, value } of kept) database.run("insert into settings (name, value) values (?, ?)", [name, value]);
  })();
  database.run("pragma journal_mode = delete");
}

/** What was under way then is not under way now: its bundle is not in the backup, and the slots are this box's. */
function endUpdates(database: Sqlite, at: string): void {
  const over = "('finished', 'returned', 'cancelled', 'failed')";
  const open = database.query<{ id: string; steps: string }, []>(
    `select id, steps from updates where state not in ${over}`,
  );
  for (const { id, steps } of open.all()) {
    const settled = (JSON.parse(steps) as { state: string }[]).map((step) =>
      step.state === "running" ? { ...step, state: "waiting", progress: null } : step,
    );
    database.run("update updates set state = 'cancelled', restarts_at = null, ended_at = ?, steps = ? where id = ?", [
      at,
      JSON.stringify(settled),
      id,
    ]);
  }
}

function opened(file: string): Sqlite {
  const database = new Sqlite(file, { create: false, readwrite: true });
  database.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return database;
}
