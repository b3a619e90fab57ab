/** How old a program may be that runs on these tables; kept in the tables themselves. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";

/** Every migration that was done here, by this program or a newer one, in order. */
export async function executedMigrations(db: Kysely<Schema>): Promise<string[]> {
  if (!(await hasTable(db, "kysely_migration"))) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** The oldest migration that a program has to know; null: from before there was a floor. */
export async function readFloor(db: Kysely<Schema>): Promise<string | null> {
  if (!(await hasTable(db, "schema_floor"))) return null;
  const row = await db.selectFrom("schema_floor").select("migration").executeTakeFirst();
  return row?.migration ?? null;
}

/** From now on a program has to know this one. */
export async function writeFloor(db: Kysely<Schema>, migration: string): Promise<void> {
  await sql`insert into schema_floor (id, migration) values (1, ${migration})
    on conflict (id) do update set migration = excluded.migration`.execute(db);
}

async function hasTable(db: Kysely<Schema>, name: string): Promise<boolean> {
  const found = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table' and name = ${name}`.execute(db);
  return found.rows.length > 0;
}
