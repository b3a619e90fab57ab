import { type Kysely, sql } from "kysely";

/** Where the audit chain begins, once old rows were deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table audit_start (id integer primary key check (id = 1), count integer not null, hash text not null,
    seal text not null)`.execute(db);
}
