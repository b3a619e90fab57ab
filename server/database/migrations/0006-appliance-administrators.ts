import { type Kysely, sql } from "kysely";

/** Who administers the appliance, their sign-ins, and the codes its console shows to whoever stands before it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table appliance_administrators (id text primary key, username text not null unique collate nocase,
    password_hash text not null, authenticator_app text, created_at text not null, last_sign_in_at text,
    failed_sign_ins integer not null default 0, locked_until text, version integer not null default 1)`.execute(db);
  await sql`create table appliance_sign_ins (token_hash text primary key, administrator text not null
    references appliance_administrators(id) on delete cascade, address text not null, user_agent text not null,
    created_at text not null, last_seen_at text not null)`.execute(db);
  await sql`create table presence_codes (hash text primary key, created_at text not null, expires_at text not null,
    site_set_up_at text, administrator_set_at text)`.execute(db);
}
