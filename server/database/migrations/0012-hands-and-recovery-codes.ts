import { type Kysely, sql } from "kysely";

/** Who had a hand in whose account, recovery codes of accounts with an authenticator app, and which Jump Items are used most. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table account_hands (account text not null references representatives (id) on delete cascade,
    hand text not null references representatives (id) on delete cascade, team text not null default '',
    primary key (account, hand, team)) without rowid`.execute(db);
  await sql`insert or ignore into account_hands (account, hand)
    select object_id, actor_id from audit_events where action in ('user.created', 'password.reset', 'user.proofs-removed')
      and object_kind = 'user' and actor_kind = 'representative' and object_id != actor_id
      and object_id in (select id from representatives) and actor_id in (select id from representatives)`.execute(db);
  await sql`create table recovery_codes (representative text not null references representatives (id) on delete cascade,
    hash text not null, created_at text not null, used_at text, primary key (representative, hash)) without rowid`.execute(
    db,
  );
  await sql`create index jump_clients_by_use on jump_clients (access_count desc, last_accessed_at desc, is_leaving, jump_group,
    id) where access_count > 0`.execute(db);
}
