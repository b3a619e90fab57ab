import { type Kysely, sql } from "kysely";

/** How busy each computer's processors were in each hour of a day; server/jump-clients/cpu-day.ts says what the bytes are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table jump_clients add column cpu_day blob`.execute(db);
}
