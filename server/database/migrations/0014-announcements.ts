import { type Kysely, sql } from "kysely";

/** What administrators say to everybody signed in; the name is kept with it, since the account may go. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table announcements (id text primary key, text text not null, made_by text not null,
    created_at text not null, ends_at text not null) without rowid`.execute(db);
}
