/**
 * What can be said before a restart about bringing the database up: the new program lies in a slot that nothing here may
 * mount, so its migrations cannot be tried. They run in one transaction at its first start, the version before can go on
 * with what they leave (server/database/migrations.ts), and a database that is whole with room beside it is what they need.
 */
import { setImmediate as othersTurn } from "node:timers/promises";
import { join } from "node:path";
import { DATABASE_FILE, type Database } from "../database/database.ts";

/** Its size in bytes with its write-ahead log, and what is wrong with it. */
export async function databaseProblems(
  database: Database,
  directory: string,
): Promise<{ readonly sizeBytes: number; readonly problems: readonly string[] }> {
  const file = join(directory, DATABASE_FILE);
  const sizeBytes = Bun.file(file).size + Bun.file(`${file}-wal`).size;
  const problems: string[] = [];
  // A table at a time, so that everybody else gets their turn in between.
  for (const table of database.tables()) {
    problems.push(...database.checkTable(table));
    await othersTurn();
  }
  return { sizeBytes, problems };
}
