/** The SQL of requests for access. Times are UTC ISO 8601. */
import { type Selectable, sql } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

type Row = Selectable<Schema["access_requests"]>;

/** A request with the names of those it is about. */
export interface NamedRequest extends Row {
  readonly requester: string;
  readonly jump_item_name: string;
  readonly decider: string | null;
}

function named(queries: Queries) {
  return queries
    .selectFrom("access_requests")
    .innerJoin("representatives as asking", "asking.id", "access_requests.representative")
    .innerJoin("jump_clients", "jump_clients.id", "access_requests.jump_client")
    .leftJoin("representatives as deciding", "deciding.id", "access_requests.decided_by")
    .selectAll("access_requests")
    .select([
      "asking.display_name as requester",
      "jump_clients.name as jump_item_name",
      "deciding.display_name as decider",
    ]);
}

/**
 * A page of requests, those that wait first, then what was asked since then, newest first. Of what somebody took back only
 * they themselves hear.
 */
export async function requestsSince(
  queries: Queries,
  { since, asker, offset, limit }: { since: string; asker: string; offset: number; limit: number },
): Promise<NamedRequest[]> {
  return await named(queries)
    .where(({ eb, or }) =>
      or([eb("access_requests.state", "=", "waiting"), eb("access_requests.requested_at", ">=", since)]),
    )
    .where(({ eb, or }) => or([eb("access_requests.state", "!=", "withdrawn"), eb("representative", "=", asker)]))
    .orderBy(sql`access_requests.state = 'waiting'`, "desc")
    .orderBy("access_requests.requested_at", "desc")
    .orderBy("access_requests.id")
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function findRequest(queries: Queries, id: string): Promise<NamedRequest | null> {
  return (await named(queries).where("access_requests.id", "=", id).executeTakeFirst()) ?? null;
}

/** The newest request of somebody for a Jump Item that was not withdrawn. */
export async function newestRequest(queries: Queries, representative: string, jumpClient: string): Promise<Row | null> {
  const row = await queries
    .selectFrom("access_requests")
    .selectAll()
    .where("representative", "=", representative)
    .where("jump_client", "=", jumpClient)
    .orderBy("requested_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Whether there is such a Jump Client. */
export async function isJumpClient(queries: Queries, id: string): Promise<boolean> {
  return (await queries.selectFrom("jump_clients").select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
}

const requestsOf = (queries: Queries, representative: string) =>
  queries
    .selectFrom("access_requests")
    .select(({ fn }) => fn.countAll<number>().as("total"))
    .where("representative", "=", representative);

export async function countWaiting(queries: Queries, representative: string): Promise<number> {
  return (await requestsOf(queries, representative).where("state", "=", "waiting").executeTakeFirstOrThrow()).total;
}

/** How many somebody made since a time, whatever became of them. */
export async function countSince(queries: Queries, representative: string, since: string): Promise<number> {
  const query = requestsOf(queries, representative).where("requested_at", ">=", since);
  return (await query.executeTakeFirstOrThrow()).total;
}

export async function insertRequest(queries: Queries, row: Row): Promise<void> {
  await queries.insertInto("access_requests").values(row).execute();
}

/**
 * Answers a request that waits. INVARIANT: the statement itself leaves out the requester's own (NA37).
 * Returns whether it was answered.
 */
export async function answerRequest(
  queries: Queries,
  id: string,
  answer: {
    readonly state: "approved" | "denied";
    readonly by: string;
    readonly at: string;
    readonly until: string | null;
  },
): Promise<boolean> {
  const { state, by, at, until } = answer;
  const { numUpdatedRows } = await queries
    .updateTable("access_requests")
    .set({ state, decided_by: by, decided_at: at, valid_until: until })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .where("representative", "!=", by)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Takes back one's own request that waits. Returns whether there was one. */
export async function withdrawRequest(
  queries: Queries,
  id: string,
  representative: string,
  at: string,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable("access_requests")
    .set({ state: "withdrawn", decided_by: representative, decided_at: at })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .where("representative", "=", representative)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** A team's name; null: there is no such team. */
export async function teamName(queries: Queries, id: string): Promise<string | null> {
  return (await queries.selectFrom("teams").select("name").where("id", "=", id).executeTakeFirst())?.name ?? null;
}
