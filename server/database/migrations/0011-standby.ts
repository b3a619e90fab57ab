import { type Kysely, sql } from "kysely";

/** A number that rises with each generation of the write-ahead log that a standby is fed from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table standby_generation (id integer primary key check (id = 1), number integer not null)`.execute(
    db,
  );
}
