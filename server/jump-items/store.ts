/** The SQL behind the console's Jump Items. A Jump Item that is leaving is not shown. */
import { sql, type Selectable, type SelectQueryBuilder } from "kysely";
import type { JumpItemQuery, JumpItemSort } from "../../protocol/api/console.ts";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { SeenJumpGroups } from "./jump-item-sight.ts";

/** How many stand in the list of those used most. */
export const FREQUENT_LIMIT = 20;
/** So few rows are cheaper looked up one by one than come upon in the order of their names. */
const FEW = 1000;
/** Tags offered to whoever types one. */
const MAX_TAGS = 1000;

const COLUMNS = [
  "id",
  "name",
  "host_name",
  "is_online",
  "status_since",
  "system",
  "jump_group",
  "tag",
  "comments",
  "signed_in_users",
  "is_screen_locked",
  "cpu_percent",
  "cpu_day",
  "last_accessed_at",
] as const;
export type JumpItemColumns = Pick<Selectable<Schema["jump_clients"]>, (typeof COLUMNS)[number]> & {
  readonly jump_group_name: string;
  readonly is_in_session: number;
};

type Matching = SelectQueryBuilder<Schema, "jump_clients", object>;

/** What is looked for, and in which Jump Groups. */
export interface Sought {
  readonly query: JumpItemQuery;
  readonly words: readonly string[];
  readonly seen: SeenJumpGroups;
}

/**
 * A page of the rows that fit. Many are walked in the table's or the name's own order: looking 25,000 of them up by the
 * index that serves the counts takes three times as long (measured: 24 against 8 ms), hence the unary plus. Few are found
 * by that index, which holds what is searched, and only they are looked up (measured: 11 against 35 ms).
 * @param page `total`: how many fit, as countOf() says
 */
export async function pageOf(
  queries: Queries,
  sought: Sought,
  page: { readonly offset: number; readonly limit: number; readonly total: number },
): Promise<JumpItemColumns[]> {
  if (page.offset >= page.total) return [];
  const { sort = "name", descending = false } = sought.query;
  const isFewOfMany = sought.words.length > 0 && page.total <= FEW;
  const rows = matching(queries, sought, isFewOfMany && sought.query.frequent !== true ? "" : "+")
    .leftJoin("jump_groups", "jump_groups.id", "jump_clients.jump_group")
    .select(COLUMNS.map((column) => `jump_clients.${column}` as const))
    .select([sql<string>`jump_groups.name`.as("jump_group_name"), isInSession.as("is_in_session")])
    .orderBy(orderOf(sort, descending));
  const ordered = sort === "name" ? rows : rows.orderBy(orderOf("name", descending));
  return await ordered
    .orderBy("jump_clients.id", descending ? "desc" : "asc")
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** How many rows fit. */
export async function countOf(queries: Queries, sought: Sought): Promise<number> {
  // The few used most are looked up one by one; everything else is counted along the index.
  const row = await matching(queries, sought, sought.query.frequent === true ? "+" : "")
    .select(({ fn }) => fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

/** Every tag in use, in the order of the alphabet. */
export async function tagsIn(queries: Queries, seen: SeenJumpGroups): Promise<string[]> {
  let rows = queries.selectFrom("jump_clients").where("is_leaving", "=", 0).where("tag", "!=", "");
  if (seen !== null) rows = rows.where(isAmong("jump_clients.jump_group", seen));
  const tags = await rows
    .select("tag")
    .distinct()
    .orderBy(sql`tag collate nocase`)
    .limit(MAX_TAGS)
    .execute();
  return tags.map(({ tag }) => tag);
}

/** The list of ids is one parameter, which SQLite reads once for a whole query. */
function isAmong(
  column: "jump_groups.id" | "jump_clients.jump_group" | "used.jump_group",
  ids: ReadonlySet<string>,
  plus: "+" | "" = "",
) {
  return sql<boolean>`${sql.raw(plus)}${sql.ref(column)} in (select value from json_each(${JSON.stringify([...ids])}))`;
}

/** `plus`: "+" keeps SQLite from using an index for the place. */
function matching(queries: Queries, { query, words, seen }: Sought, plus: "+" | ""): Matching {
  const place = (column: "is_leaving" | "jump_group" | "tag") =>
    sql`${sql.raw(plus)}${sql.ref(`jump_clients.${column}`)}`;
  let rows: Matching = queries.selectFrom("jump_clients").where(place("is_leaving"), "=", 0);
  if (seen !== null) rows = rows.where(isAmong("jump_clients.jump_group", seen, plus));
  if (query.jumpGroup !== undefined) rows = rows.where(place("jump_group"), "=", query.jumpGroup);
  if (query.tag !== undefined) rows = rows.where(place("tag"), "=", query.tag);
  if (query.frequent === true) rows = rows.where("jump_clients.id", "in", frequent(queries, seen));
  if (query.status === "in-session") rows = rows.where(isInSession, "=", 1);
  else if (query.status !== undefined)
    rows = rows.where("is_online", "=", query.status === "online" ? 1 : 0).where(isInSession, "=", 0);
  for (const word of words) rows = rows.where(sql<boolean>`instr(jump_clients.search_text, ${word}) > 0`);
  return rows;
}

function frequent(queries: Queries, seen: SeenJumpGroups) {
  let used = queries
    .selectFrom("jump_clients as used")
    .select("used.id")
    // In the words of the index jump_clients_by_use, which a bound value would not fit, and the plus keeps another from.
    .where(sql<boolean>`used.access_count > 0 and +used.is_leaving = 0`);
  if (seen !== null) used = used.where(isAmong("used.jump_group", seen, "+"));
  return used.orderBy("used.access_count", "desc").orderBy("used.last_accessed_at", "desc").limit(FREQUENT_LIMIT);
}

/** The few running sessions are looked through once for a whole query, not once a row. */
const isInSession = sql<number>`jump_clients.id in (select jump_client from support_sessions where ended_at is null)`;

/** INVARIANT: every text here is ours; which one is chosen by a checked name. */
const sortExpressions = {
  name: "jump_clients.name collate nocase",
  hostName: "jump_clients.host_name collate nocase",
  status:
    "case when jump_clients.id in (select jump_client from support_sessions where ended_at is null) then 0 when jump_clients.is_online = 1 then 1 else 2 end",
  system: "jump_clients.system collate nocase",
  tag: "jump_clients.tag collate nocase",
  jumpGroup: "jump_groups.name collate nocase",
  signedIn: "jump_clients.signed_in_users collate nocase",
  lastAccessed: "jump_clients.last_accessed_at",
  comments: "jump_clients.comments collate nocase",
} as const satisfies Record<JumpItemSort, string>;

function orderOf(sort: JumpItemSort, isDescending: boolean) {
  return sql`${sql.raw(sortExpressions[sort])} ${sql.raw(isDescending ? "desc" : "asc")}`;
}

/** The id of somebody's personal list; null: not made yet. */
export async function findPersonalList(queries: Queries, owner: string): Promise<string | null> {
  const row = await queries.selectFrom("jump_groups").select("id").where("owner", "=", owner).executeTakeFirst();
  return row?.id ?? null;
}

export async function insertPersonalList(
  queries: Queries,
  row: { readonly id: string; readonly name: string; readonly owner: string; readonly created_at: string },
): Promise<void> {
  await queries
    .insertInto("jump_groups")
    .values({ ...row, comments: "", endpoint_tools: null })
    .execute();
}

/** Whether a Jump Group is called so, in whatever case. */
export async function isJumpGroupName(queries: Queries, name: string): Promise<boolean> {
  return (
    (await queries.selectFrom("jump_groups").select("id").where("name", "=", name).executeTakeFirst()) !== undefined
  );
}

/** Whether there is such a Jump Group, Jump Policy, or session policy that Jump Items may have (SPOL-06). */
export async function isThere(
  queries: Queries,
  kind: "jump_groups" | "jump_policies" | "session_policies",
  id: string,
): Promise<boolean> {
  const found =
    kind === "session_policies"
      ? queries.selectFrom(kind).select("id").where("id", "=", id).where("for_jump_items", "=", 1)
      : queries.selectFrom(kind).select("id").where("id", "=", id);
  return (await found.executeTakeFirst()) !== undefined;
}

/** Session policies that Jump Items may have, by name. */
export async function sessionPoliciesForJumpItems(queries: Queries): Promise<{ id: string; name: string }[]> {
  return await queries
    .selectFrom("session_policies")
    .select(["id", "display_name as name"])
    .where("for_jump_items", "=", 1)
    .orderBy(sql`display_name collate nocase`)
    .execute();
}

const TICKET_CHECK = "ticketCheckUrl";

/** Where ticket ids are checked; "": nowhere. */
export async function readTicketCheckUrl(queries: Queries): Promise<string> {
  const row = await queries.selectFrom("settings").select("value").where("name", "=", TICKET_CHECK).executeTakeFirst();
  const value: unknown = row === undefined ? "" : JSON.parse(row.value);
  return typeof value === "string" ? value : "";
}

export async function writeTicketCheckUrl(queries: Queries, url: string): Promise<void> {
  const value = JSON.stringify(url);
  const insert = queries.insertInto("settings").values({ name: TICKET_CHECK, value });
  await insert.onConflict((conflict) => conflict.column("name").doUpdateSet({ value })).execute();
}
