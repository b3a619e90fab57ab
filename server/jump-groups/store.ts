/** The SQL of Jump Groups. Personal lists are none of them. */
import { sql, type SqlBool } from "kysely";
import type { JumpGroup, JumpGroupsQuery } from "../../protocol/api/administration.ts";
import type { Queries, Tx } from "../database/database.ts";
import { searchPatterns } from "../database/search-words.ts";

/** What a person says of a Jump Group. */
export type JumpGroupWords = Pick<JumpGroup, "name" | "codeName" | "comments" | "assistance" | "hasEndpointTools">;
export type JumpGroupRow = Omit<JumpGroup, "jumpClients">;

const columns = [
  ...(["jump_groups.id", "jump_groups.name", "code_name as codeName", "jump_groups.comments", "assistance"] as const),
  ...(["endpoint_tools", "jump_groups.created_at as createdAt", "jump_groups.version"] as const),
] as const;
type Stored = Omit<JumpGroupRow, "hasEndpointTools"> & { readonly endpoint_tools: 0 | 1 | null };
function toGroup<T extends Stored>({ endpoint_tools: tools, ...row }: T) {
  return { ...row, hasEndpointTools: tools === null ? null : tools === 1 };
}

const DEFAULT_PAGE = 100;
const jumpClientsIn = sql<number>`(select count(*) from jump_clients where jump_group = jump_groups.id)`;
const shared = (queries: Queries) => queries.selectFrom("jump_groups").where("owner", "is", null);

/** A page of those that fit, by name, and how many fit in all. Only the page's Jump Clients are counted. */
export async function listJumpGroups(
  queries: Queries,
  { search = "", offset = 0, limit = DEFAULT_PAGE }: JumpGroupsQuery,
): Promise<{ jumpGroups: JumpGroup[]; total: number }> {
  const words = searchPatterns(search).map(
    (word) => sql<SqlBool>`(name glob ${word} or code_name glob ${word} or comments glob ${word})`,
  );
  const fitting = shared(queries).where((where) => where.and(words));
  const { total } = await fitting.select(({ fn }) => fn.countAll().as("total")).executeTakeFirstOrThrow();
  const page = fitting.select("id").orderBy("name").limit(limit).offset(offset);
  const rows = await queries
    .selectFrom("jump_groups")
    .select(columns)
    .select(jumpClientsIn.as("jumpClients"))
    .where("id", "in", page)
    .orderBy("name")
    .execute();
  return { jumpGroups: rows.map(toGroup), total: Number(total) };
}

/** The first of those whose names hold the words, by name. */
export async function namesHolding(
  queries: Queries,
  search: string,
  limit: number,
): Promise<{ id: string; name: string }[]> {
  const words = searchPatterns(search).map((word) => sql<SqlBool>`name glob ${word}`);
  const fitting = shared(queries).where((where) => where.and(words));
  return await fitting.select(["id", "name"]).orderBy("name").limit(limit).execute();
}

export async function findJumpGroup(queries: Queries, id: string): Promise<JumpGroupRow | undefined> {
  const query = queries.selectFrom("jump_groups").select(columns).where("id", "=", id).where("owner", "is", null);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : toGroup(row);
}

/** Names differ in more than case; personal lists have theirs among them. */
export async function findByName(queries: Queries, name: string): Promise<{ id: string; name: string } | undefined> {
  return await queries.selectFrom("jump_groups").select(["id", "name"]).where("name", "=", name).executeTakeFirst();
}

/** The id of the one with this code name; null: none. */
export async function findByCodeName(queries: Queries, codeName: string): Promise<string | null> {
  const query = queries.selectFrom("jump_groups").select("id").where("code_name", "=", codeName);
  return (await query.executeTakeFirst())?.id ?? null;
}

export async function countJumpClients(queries: Queries, id: string): Promise<number> {
  const row = await queries
    .selectFrom("jump_clients")
    .select(({ fn }) => fn.countAll().as("total"))
    .where("jump_group", "=", id)
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

export async function countInstallers(queries: Queries, id: string): Promise<number> {
  const row = await queries
    .selectFrom("installers")
    .select(({ fn }) => fn.countAll().as("total"))
    .where("jump_group", "=", id)
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

/** How many people and group policies have it, by name. */
export async function countHolders(queries: Queries, id: string): Promise<{ members: number; groupPolicies: number }> {
  const count = sql<{ members: number; groupPolicies: number }>`select
    (select count(*) from jump_group_users where jump_group = ${id}) as members,
    (select count(*) from group_policy_jump_groups where jump_group = ${id}) as groupPolicies`;
  return (await count.execute(queries)).rows[0]!;
}

export async function insertJumpGroup(tx: Tx, row: JumpGroupRow): Promise<void> {
  const { id, version, createdAt } = row;
  await tx
    .insertInto("jump_groups")
    .values({ id, version, owner: null, ...columnsOf(row), created_at: createdAt })
    .execute();
}

/** Writes it and raises the version. */
export async function updateJumpGroup(tx: Tx, row: JumpGroupRow): Promise<void> {
  await tx
    .updateTable("jump_groups")
    .set((eb) => ({ ...columnsOf(row), version: eb("version", "+", 1) }))
    .where("id", "=", row.id)
    .execute();
}

const columnsOf = ({ name, codeName, comments, assistance, hasEndpointTools: tools }: JumpGroupWords) =>
  ({
    ...{ name, code_name: codeName, comments, assistance },
    endpoint_tools: tools === null ? null : tools ? 1 : 0,
  }) as const;

export async function deleteJumpGroup(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom("jump_groups").where("id", "=", id).execute();
}
