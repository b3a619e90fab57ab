/** Looks a database's file over, from a process that does not serve from it: reading a gigabyte takes seconds. */
import { Database as Sqlite, SQLiteError } from "bun:sqlite";

const BUSY_TIMEOUT_MS = 5000;
/** Whoever hears of so many needs no more. */
const MAX_PROBLEMS = 20;

/**
 * What SQLite finds wrong with the pages of its tables; empty: nothing. A table at a time, so that the write-ahead log,
 * which cannot be put away while somebody reads, has a moment in between.
 * @param onProgress 0 to 1
 */
export function checkFile(file: string, onProgress: (done: number) => void): string[] {
  using sqlite = new Sqlite(file, { readonly: true });
  sqlite.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const tables = sqlite
    .query<{ name: string }, []>("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .all();
  const problems: string[] = [];
  for (const [index, { name }] of tables.entries()) {
    onProgress(index / tables.length);
    problems.push(...checkTable(sqlite, name));
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return problems.slice(0, MAX_PROBLEMS);
}

function checkTable(sqlite: Sqlite, table: string): string[] {
  try {
    return sqlite
      .query<{ quick_check: string }, []>(`pragma quick_check("${table.replaceAll('"', '""')}")`)
      .all()
      .map((row) => row.quick_check)
      .filter((text) => text !== "ok");
  } catch (error) {
    // A page that is no page at all ends the check instead of being named by it.
    if (error instanceof SQLiteError && error.code?.startsWith("SQLITE_CORRUPT") === true)
      return [`${table} cannot be read to its end`];
    throw error;
  }
}
