/** The SQL of Jump Groups. */
import type { Selectable } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export type JumpGroupRow = Pick<Selectable<Schema["jump_groups"]>, "id" | "name" | "comments" | "created_at">;

export async function listJumpGroups(queries: Queries): Promise<(JumpGroupRow & { jump_clients: number })[]> {
  const rows = await queries
    .selectFrom("jump_groups")
    .leftJoin("jump_clients", "jump_clients.jump_group", "jump_groups.id")
    .selectAll("jump_groups")
    .select(({ fn }) => fn.count("jump_clients.id").as("jump_clients"))
    .groupBy("jump_groups.id")
    .orderBy("jump_groups.name", (order) => order.collate("nocase"))
    .execute();
  return rows.map((row) => ({ ...row, jump_clients: Number(row.jump_clients) }));
}

export async function findJumpGroup(queries: Queries, id: string): Promise<JumpGroupRow | undefined> {
  return await queries.selectFrom("jump_groups").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Names differ in more than case. */
export async function findByName(queries: Queries, name: string): Promise<JumpGroupRow | undefined> {
  return await queries.selectFrom("jump_groups").selectAll().where("name", "=", name).executeTakeFirst();
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

export async function insertJumpGroup(queries: Queries, row: JumpGroupRow): Promise<void> {
  await queries.insertInto("jump_groups").values(row).execute();
}

export async function updateJumpGroup(
  queries: Queries,
  id: string,
  change: Partial<Pick<JumpGroupRow, "name" | "comments">>,
): Promise<void> {
  await queries.updateTable("jump_groups").set(change).where("id", "=", id).execute();
}

export async function deleteJumpGroup(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom("jump_groups").where("id", "=", id).execute();
}
