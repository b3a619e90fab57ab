import { Database } from "bun:sqlite";
import { join } from "node:path";

/** No release knows it. */
const LATER = "9999-of-tomorrow";

/**
 * Makes a site's data those of a later release, whose tables an older one cannot run on. The server must not run.
 * @returns takes it back
 */
export function raiseFloor(folder: string): () => void {
  const former = change(folder, (database) => {
    const row = database.query<{ migration: string }, []>("select migration from schema_floor").get();
    database.run("insert into kysely_migration (name, timestamp) values (?, '2030-01-01')", [LATER]);
    database.run("update schema_floor set migration = ?", [LATER]);
    return row?.migration ?? "";
  });
  return () =>
    change(folder, (database) => {
      database.run("delete from kysely_migration where name = ?", [LATER]);
      database.run("update schema_floor set migration = ?", [former]);
    });
}

function change<T>(folder: string, work: (database: Database) => T): T {
  using database = new Database(join(folder, "causeway.sqlite"));
  const result = work(database);
  // Root leaves nothing beside it that the server could not write.
  database.run("pragma wal_checkpoint(truncate)");
  return result;
}
