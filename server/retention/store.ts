import type { Tx } from "../database/database.ts";

/** Deletes histories of support sessions that ended before a time, at most so many, and says how many went. */
export async function deleteSessionsBefore(tx: Tx, before: string, limit: number): Promise<number> {
  const old = await tx
    .selectFrom("support_sessions")
    .select("id")
    .where("ended_at", "is not", null)
    .where("ended_at", "<", before)
    .limit(limit)
    .execute();
  const ids = old.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await tx.deleteFrom("transfers").where("session", "in", ids).execute();
  await tx.deleteFrom("session_events").where("session", "in", ids).execute();
  await tx.deleteFrom("session_participants").where("session", "in", ids).execute();
  await tx.deleteFrom("support_sessions").where("id", "in", ids).execute();
  return ids.length;
}

/** Deletes requests for access that were made before a time and wait no more, at most so many; says how many went. */
export async function deleteAccessRequestsBefore(tx: Tx, before: string, limit: number): Promise<number> {
  const old = tx
    .selectFrom("access_requests")
    .select("id")
    .where("state", "!=", "waiting")
    .where("requested_at", "<", before)
    .where((where) => where.or([where("valid_until", "is", null), where("valid_until", "<", before)]))
    .limit(limit);
  const { numDeletedRows } = await tx.deleteFrom("access_requests").where("id", "in", old).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
