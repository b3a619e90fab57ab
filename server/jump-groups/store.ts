/** The SQL of Jump Groups. Personal lists are none of them. */
import { sql } from "kysely";
import type { JumpGroup } from "../../protocol/api/administration.ts";
import type { Queries, Tx } from "../database/database.ts";

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

export async function listJumpGroups(queries: Queries): Promise<JumpGroup[]> {
  const rows = await queries
    .selectFrom("jump_groups")
    .leftJoin("jump_clients", "jump_clients.jump_group", "jump_groups.id")
    .select(columns)
    .select(({ fn }) => fn.count("jump_clients.id").as("jumpClients"))
    .where("owner", "is", null)
    .groupBy("jump_groups.id")
    .orderBy("jump_groups.name", (order) => order.collate("nocase"))
    .execute();
  return rows.map((row) => ({ ...toGroup(row), jumpClients: Number(row.jumpClients) }));
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
