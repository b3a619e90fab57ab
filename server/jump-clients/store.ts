/** The SQL of Jump Clients. Times are UTC ISO 8601. */
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { type CpuWord, withWord } from "./cpu-day.ts";
import { type SearchedColumns, searchText } from "./jump-client-row.ts";

export type JumpClientRow = Selectable<Schema["jump_clients"]>;
export type JumpClientInsert = Insertable<Schema["jump_clients"]>;
export type JumpClientUpdate = Omit<
  Updateable<Schema["jump_clients"]>,
  "id" | "search_text" | "cpu_day" | "is_online" | "status_since"
>;
export type JumpClientWithGroup = JumpClientRow & { readonly jump_group_name: string };

const SEARCHED = [
  "name",
  "host_name",
  "public_address",
  "private_addresses",
  "comments",
  "tag",
  "operating_system",
  "system",
  "signed_in_users",
] as const satisfies readonly (keyof SearchedColumns)[];

/** What a change is weighed by. Written out: the statistics of 25,000 Jump Clients come by here every minute. */
type RowBefore = SearchedColumns & Pick<JumpClientRow, "cpu_day" | "is_online">;
const READ_BEFORE = sql.raw([...SEARCHED, "cpu_day", "is_online"].join(", "));

/** What its connection tells of a Jump Client beside columns. */
export interface Heard {
  readonly cpuWord?: CpuWord | undefined;
  readonly presence?: PresenceWord | undefined;
}
interface PresenceWord {
  readonly isOnline: boolean;
  readonly at: string;
}

/** What a hello is checked against. */
export type HelloRow = Pick<JumpClientRow, "id" | "name" | "public_key" | "is_leaving" | "jump_group">;

/** Those of them that are there, by id. */
export async function findForHello(queries: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, HelloRow>> {
  const rows = await queries
    .selectFrom("jump_clients")
    .select(["id", "name", "public_key", "is_leaving", "jump_group"])
    .where("id", "in", listed(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export async function findByPublicKey(
  queries: Queries,
  publicKey: string,
): Promise<Pick<JumpClientRow, "id" | "name" | "installer" | "is_leaving" | "jump_group"> | undefined> {
  return await queries
    .selectFrom("jump_clients")
    .select(["id", "name", "installer", "is_leaving", "jump_group"])
    .where("public_key", "=", publicKey)
    .executeTakeFirst();
}

export async function findJumpClient(queries: Queries, id: string): Promise<JumpClientWithGroup | undefined> {
  return await withGroup(queries).where("jump_clients.id", "=", id).executeTakeFirst();
}

/** How busy it was in each of 24 hours, as cpu-day.ts reads it; null: not known, or there is no such Jump Client. */
export async function findCpuDay(queries: Queries, id: string): Promise<Uint8Array | null> {
  const row = await queries.selectFrom("jump_clients").select("cpu_day").where("id", "=", id).executeTakeFirst();
  return row?.cpu_day ?? null;
}

/** Those of them that are there. */
export async function findJumpClients(queries: Queries, ids: readonly string[]): Promise<JumpClientWithGroup[]> {
  return await withGroup(queries).where("jump_clients.id", "in", listed(ids)).execute();
}

/** A page by name, and how many fit in all; every word must occur in the row's searchable text. */
export async function listJumpClients(
  queries: Queries,
  words: readonly string[],
  offset: number,
  limit: number,
): Promise<{ rows: JumpClientWithGroup[]; total: number }> {
  let matching = withGroup(queries);
  let counted = queries.selectFrom("jump_clients").select(({ fn }) => fn.countAll().as("total"));
  for (const word of words) {
    matching = matching.where(({ fn, val, eb }) => eb(fn<number>("instr", ["search_text", val(word)]), ">", 0));
    counted = counted.where(({ fn, val, eb }) => eb(fn<number>("instr", ["search_text", val(word)]), ">", 0));
  }
  const rows = await matching
    .orderBy("jump_clients.name", (order) => order.collate("nocase"))
    .orderBy("jump_clients.id")
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await counted.executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function insertJumpClient(queries: Queries, row: Omit<JumpClientInsert, "search_text">): Promise<void> {
  await queries
    .insertInto("jump_clients")
    .values({ ...row, search_text: searchText(row) })
    .execute();
}

/**
 * Changes columns, keeps the searchable text true, and puts what was heard of the processors to the day's other hours, all in
 * one write. Since when it is online or offline changes only when it really does. Returns whether the row was there.
 */
export async function updateJumpClient(
  queries: Queries,
  id: string,
  change: JumpClientUpdate,
  { cpuWord, presence }: Heard = {},
): Promise<boolean> {
  const before = (await sql<RowBefore>`select ${READ_BEFORE} from jump_clients where id = ${id}`.execute(queries))
    .rows[0];
  if (before === undefined) return false;
  const day = cpuWord === undefined ? {} : { cpu_day: withWord(before.cpu_day, cpuWord) };
  const touchesSearch = SEARCHED.some((column) => change[column] !== undefined && change[column] !== before[column]);
  const search = touchesSearch ? { search_text: searchText({ ...before, ...definedOf(change) }) } : {};
  const turned = presence === undefined ? {} : turnedColumns(before, presence);
  const columns = { ...change, ...search, ...day, ...turned };
  if (Object.keys(columns).length > 0)
    await queries.updateTable("jump_clients").set(columns).where("id", "=", id).execute();
  return true;
}

function turnedColumns(before: RowBefore, { isOnline, at }: PresenceWord) {
  if (before.is_online === (isOnline ? 1 : 0)) return {};
  return { is_online: isOnline ? 1 : 0, status_since: at } as const;
}

/** At the start of the server nobody is connected yet. */
export async function markAllOffline(queries: Queries, at: string): Promise<void> {
  await queries
    .updateTable("jump_clients")
    .set({ is_online: 0, status_since: at })
    .where("is_online", "=", 1)
    .execute();
}

/** A session began with it. */
export async function countAccess(queries: Queries, id: string, at: string): Promise<void> {
  await queries
    .updateTable("jump_clients")
    .set(({ eb }) => ({ access_count: eb("access_count", "+", 1), last_accessed_at: at }))
    .where("id", "=", id)
    .execute();
}

export async function deleteJumpClient(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom("jump_clients").where("id", "=", id).execute();
}

/** Jump Clients with a running support session. */
export async function jumpClientsInSession(queries: Queries): Promise<Set<string>> {
  const rows = await queries
    .selectFrom("support_sessions")
    .select("jump_client")
    .where("ended_at", "is", null)
    .execute();
  return new Set(rows.map((row) => row.jump_client));
}

/** In which Jump Group each of them stands; one that is not there is not named. */
export async function jumpGroupsOf(queries: Queries, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await queries.selectFrom("jump_clients").select(["id", "jump_group"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row.jump_group]));
}

/** Whether a Jump Group of that id is there. */
export async function hasJumpGroup(queries: Queries, id: string): Promise<boolean> {
  return (await queries.selectFrom("jump_groups").select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
}

function withGroup(queries: Queries) {
  return queries
    .selectFrom("jump_clients")
    .innerJoin("jump_groups", "jump_groups.id", "jump_clients.jump_group")
    .selectAll("jump_clients")
    .select("jump_groups.name as jump_group_name");
}

/** A list as one value, so that its statement is the same however many there are. */
const listed = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;

function definedOf(change: JumpClientUpdate): Partial<SearchedColumns> {
  const defined: Partial<Record<keyof SearchedColumns, string>> = {};
  for (const column of SEARCHED) if (change[column] !== undefined) defined[column] = change[column];
  return defined;
}
