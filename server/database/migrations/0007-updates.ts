import { type Kysely, sql } from "kysely";

/** Updates of the appliance, what was worth knowing about it, how full its disk was, and how old a program may be. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table schema_floor (id integer primary key check (id = 1), migration text not null)`.execute(db);
  await sql`create table updates (id text primary key, version text not null, source text not null, file_name text not null,
    size_bytes integer not null, received_bytes integer not null, manifest text, steps text not null, state text not null,
    restarts_at text, drain_minutes integer not null, from_version text not null, slot text, begun_at text not null,
    ended_at text)`.execute(db);
  await sql`create table appliance_events (sequence integer primary key autoincrement, at text not null,
    health text not null, title text not null, detail text not null)`.execute(db);
  await sql`create table disk_levels (day text primary key, used_bytes integer not null)`.execute(db);
}

/** The first that keeps a floor. */
export const floor = "0007-updates";
