/** The SQL of installers. */
import type { Insertable, Selectable } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export type InstallerRow = Selectable<Schema["installers"]>;
export type InstallerWithNames = InstallerRow & { readonly jump_group_name: string; readonly creator: string | null };

export async function listInstallers(queries: Queries): Promise<InstallerWithNames[]> {
  return await withNames(queries).orderBy("installers.created_at", "desc").orderBy("installers.id").execute();
}

export async function findInstaller(queries: Queries, id: string): Promise<InstallerWithNames | undefined> {
  return await withNames(queries).where("installers.id", "=", id).executeTakeFirst();
}

export async function findByTokenHash(queries: Queries, tokenHash: string): Promise<InstallerRow | undefined> {
  return await queries.selectFrom("installers").selectAll().where("token_hash", "=", tokenHash).executeTakeFirst();
}

export async function insertInstaller(queries: Queries, row: Insertable<Schema["installers"]>): Promise<void> {
  await queries.insertInto("installers").values(row).execute();
}

export async function setExpiry(queries: Queries, id: string, expiresAt: string): Promise<void> {
  await queries.updateTable("installers").set({ expires_at: expiresAt }).where("id", "=", id).execute();
}

export async function countUse(queries: Queries, id: string): Promise<void> {
  await queries
    .updateTable("installers")
    .set(({ eb }) => ({ uses: eb("uses", "+", 1) }))
    .where("id", "=", id)
    .execute();
}

export async function deleteInstaller(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom("installers").where("id", "=", id).execute();
}

/** The Jump Group of that id, or the first one by name where no id is given. */
export async function findJumpGroup(
  queries: Queries,
  id: string | null,
): Promise<{ id: string; name: string } | undefined> {
  let query = queries.selectFrom("jump_groups").select(["id", "name"]);
  query = id === null ? query.orderBy("created_at").limit(1) : query.where("id", "=", id);
  return await query.executeTakeFirst();
}

function withNames(queries: Queries) {
  return queries
    .selectFrom("installers")
    .innerJoin("jump_groups", "jump_groups.id", "installers.jump_group")
    .leftJoin("representatives", "representatives.id", "installers.created_by")
    .selectAll("installers")
    .select(["jump_groups.name as jump_group_name", "representatives.display_name as creator"]);
}
