/** The standby's copy, opened as SQLite opens any database after a power cut: it brings the log home by itself. */
import { Database as Sqlite } from "bun:sqlite";
import { existsSync, rmSync } from "node:fs";

/** What a drill counts. */
export interface CopyFindings {
  /** What is wrong with the file; empty: nothing is. */
  readonly problems: readonly string[];
  readonly auditRows: number;
}

/**
 * Brings all of a copy's log home and removes it. It may be broken off at any moment and begun again.
 * @throws {Error} when the copy cannot be opened or written
 */
export function bringLogHome(file: string): void {
  {
    using database = new Sqlite(file, { create: false, readwrite: true });
    database.run("pragma synchronous = FULL");
    const row = database.query<{ busy: number }, []>("pragma wal_checkpoint(TRUNCATE)").get();
    if (row?.busy !== 0) throw new Error(`${file} is in use`);
  }
  // The last connection removes both; what is left of them after it is empty.
  for (const suffix of ["-wal", "-shm"]) if (existsSync(file + suffix)) rmSync(file + suffix);
}

/** Looks at every page and every reference. Takes as long as reading all of it. */
export function checkCopy(file: string): CopyFindings {
  using database = new Sqlite(file, { create: false, readwrite: true });
  const damage = database.query<{ integrity_check: string }, []>("pragma integrity_check").all();
  const dangling = database.query<{ table: string }, []>("pragma foreign_key_check").all();
  const problems = [
    ...damage.map((row) => row.integrity_check).filter((text) => text !== "ok"),
    ...dangling.map(({ table }) => `a row of ${table} points to nothing`),
  ];
  const counted = database.query<{ rows: number }, []>("select count(*) as rows from audit_events").get();
  return { problems: problems.slice(0, 10), auditRows: counted?.rows ?? 0 };
}
