import { type Kysely, sql } from "kysely";

/** What backups there are and where they go. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table backup_settings (id integer primary key check (id = 1), settings text not null, secret text,
    passphrase_key text, enabled_since text)`.execute(db);
  await sql`create table backups (id text primary key, taken_at text not null, version text not null,
    reason text not null, target text not null, file_name text not null, state text not null,
    size_bytes integer not null default 0, problem text not null default '', test text)`.execute(db);
  await sql`create index backups_by_time on backups (taken_at)`.execute(db);
}
