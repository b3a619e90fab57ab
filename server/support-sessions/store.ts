/** The SQL of support sessions. Times are UTC ISO 8601. */
import type { Insertable, Selectable } from "kysely";
import type { SessionEvent } from "../../protocol/messages/session.ts";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { JumpItemPlace } from "./live-session.ts";

export type SessionRow = Selectable<Schema["support_sessions"]>;
export type ParticipantRow = Selectable<Schema["session_participants"]>;

/** A session that had not ended when the server stopped, with those still in it and the newest lines of its log. */
export interface StoredSession {
  readonly row: SessionRow;
  readonly place: JumpItemPlace;
  readonly participants: readonly ParticipantRow[];
  readonly events: readonly SessionEvent[];
}

export async function insertSession(queries: Queries, row: Insertable<Schema["support_sessions"]>): Promise<void> {
  await queries.insertInto("support_sessions").values(row).execute();
}

export async function updateSession(
  queries: Queries,
  id: string,
  change: Pick<SessionRow, "state" | "owner" | "ended_at" | "end_reason" | "schedule_ends_at">,
): Promise<void> {
  await queries.updateTable("support_sessions").set(change).where("id", "=", id).execute();
}

export async function insertParticipant(queries: Queries, row: ParticipantRow): Promise<void> {
  await queries
    .insertInto("session_participants")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function markLeft(queries: Queries, session: string, representative: string, at: string): Promise<void> {
  await queries
    .updateTable("session_participants")
    .set({ left_at: at })
    .where("session", "=", session)
    .where("representative", "=", representative)
    .where("left_at", "is", null)
    .execute();
}

export async function insertEvent(queries: Queries, session: string, event: SessionEvent): Promise<void> {
  await queries
    .insertInto("session_events")
    .values({ session, at: event.at, kind: event.kind, text: event.text })
    .execute();
}

/** Every session that had not ended, for the start of the server. */
export async function runningSessions(queries: Queries, eventLimit: number): Promise<StoredSession[]> {
  const rows = await queries
    .selectFrom("support_sessions")
    .leftJoin("jump_clients", "jump_clients.id", "support_sessions.jump_client")
    .selectAll("support_sessions")
    .select(["jump_group", "jump_policy", "present_policy", "absent_policy"])
    .where("ended_at", "is", null)
    .execute();
  const sessions: StoredSession[] = [];
  for (const { jump_group, jump_policy, present_policy, absent_policy, ...row } of rows) {
    const participants = await queries
      .selectFrom("session_participants")
      .selectAll()
      .where("session", "=", row.id)
      .where("left_at", "is", null)
      .orderBy("joined_at")
      .execute();
    const events = await newestEvents(queries, row.id, eventLimit);
    const policies = { jumpPolicy: jump_policy, presentPolicy: present_policy, absentPolicy: absent_policy };
    sessions.push({ row, place: { jumpGroup: jump_group, ...policies }, participants, events });
  }
  return sessions;
}

/** The newest lines of a session's log, oldest of them first. */
async function newestEvents(queries: Queries, session: string, limit: number): Promise<SessionEvent[]> {
  const rows = await queries
    .selectFrom("session_events")
    .select(["at", "kind", "text"])
    .where("session", "=", session)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
  return rows.reverse().map((row) => ({ ...row, kind: row.kind as SessionEvent["kind"] }));
}

/** The last sessions with a Jump Client, newest first. */
export async function recentSessions(
  queries: Queries,
  jumpClient: string,
  limit: number,
): Promise<{ id: string; representative: string | null; started_at: string; ended_at: string | null }[]> {
  return await queries
    .selectFrom("support_sessions")
    .leftJoin("representatives", "representatives.id", "support_sessions.owner")
    .select([
      "support_sessions.id",
      "representatives.display_name as representative",
      "support_sessions.started_at",
      "support_sessions.ended_at",
    ])
    .where("support_sessions.jump_client", "=", jumpClient)
    .orderBy("support_sessions.started_at", "desc")
    .limit(limit)
    .execute();
}
