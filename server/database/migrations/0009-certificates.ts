import { type Kysely, sql } from "kysely";

/** A certificate that waits for its hour, a request that waits for its certificate, renewals, and what Jump Clients know. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table certificates add column switches_at text`.execute(db);
  await sql`alter table certificates add column is_switch_forced integer not null default 0`.execute(db);
  await sql`alter table jump_clients add column trust_bundle_version integer`.execute(db);
  await sql`create table certificate_requests (id text primary key, names text not null, request_pem text not null,
    key_pem text not null, created_at text not null)`.execute(db);
  await sql`create table acme (id integer primary key check (id = 1), settings text not null, binding_key text,
    account_key text, account_directory text, account_url text, last_tried_at text, next_try_at text,
    problem text not null default '', failures integer not null default 0)`.execute(db);
}
