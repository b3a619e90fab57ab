/** What happened to one thing is found without reading the whole log. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index audit_events_by_object on audit_events (object_kind, object_id, sequence)`.execute(db);
}
