/**
 * What can be said before a restart about bringing the database up: the new program lies in a slot that nothing here may
 * mount, so its migrations cannot be tried. They run in one transaction at its first start, the version before can go on
 * with what they leave (server/database/migrations.ts), and a database that is whole with room beside it is what they need.
 */
import { join } from "node:path";
import { type JobOptions, runJob } from "../backups/job-process.ts";
import { DATABASE_FILE } from "../database/database.ts";

/** Its size in bytes with its write-ahead log, and what is wrong with it. Read by a process of its own: nobody waits. */
export async function databaseProblems(
  directory: string,
  options: JobOptions,
): Promise<{ readonly sizeBytes: number; readonly problems: readonly string[] }> {
  const file = join(directory, DATABASE_FILE);
  const sizeBytes = Bun.file(file).size + Bun.file(`${file}-wal`).size;
  const { problems } = await runJob({ kind: "check", directory }, options);
  return { sizeBytes, problems };
}
