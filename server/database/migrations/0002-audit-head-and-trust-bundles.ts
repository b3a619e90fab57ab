import { type Kysely, sql } from "kysely";

/** Where the audit chain ends, the trust bundles as they were published, and when one had signed in before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`create table audit_head (id integer primary key check (id = 1), count integer not null, hash text not null,
      seal text not null)`,
    sql`create table trust_bundles (version integer primary key, jws text not null, created_at text not null)`,
    sql`alter table sign_ins add column previous_sign_in_at text`,
  ];
  for (const statement of statements) await statement.execute(db);
}
