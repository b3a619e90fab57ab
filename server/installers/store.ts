/** The SQL of installers. */
import type { Insertable, Selectable } from "kysely";
import type { Queries } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

export type InstallerRow = Selectable<Schema["installers"]>;
export type InstallerWithNames = InstallerRow & {
  readonly jump_group_name: string;
  readonly creator: string | null;
  readonly jump_policy_name: string | null;
  readonly present_policy_name: string | null;
  readonly absent_policy_name: string | null;
};

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

/** What may change of one: its end and what Jump Clients made with it begin with. */
export interface InstallerUpdate {
  readonly expiresAt: string;
  readonly jumpPolicy: string | null;
  readonly presentPolicy: string | null;
  readonly absentPolicy: string | null;
}

export async function updateInstaller(queries: Queries, id: string, update: InstallerUpdate): Promise<void> {
  const { expiresAt, jumpPolicy, presentPolicy, absentPolicy } = update;
  await queries
    .updateTable("installers")
    .set({ expires_at: expiresAt, jump_policy: jumpPolicy, present_policy: presentPolicy, absent_policy: absentPolicy })
    .where("id", "=", id)
    .execute();
}

/** Whether there is such a Jump Policy. */
export async function isJumpPolicy(queries: Queries, id: string): Promise<boolean> {
  const query = queries.selectFrom("jump_policies").select("id").where("id", "=", id);
  return (await query.executeTakeFirst()) !== undefined;
}

/** A session policy with whether Jump Items may have it (SPOL-06); null: there is none. */
export async function findSessionPolicy(
  queries: Queries,
  id: string,
): Promise<{ name: string; isForJumpItems: boolean } | null> {
  const query = queries.selectFrom("session_policies").select(["display_name as name", "for_jump_items"]);
  const row = await query.where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : { name: row.name, isForJumpItems: row.for_jump_items === 1 };
}

/** Jump Policies, and session policies that are for Jump Items, each by name. */
export async function readPolicyChoices(queries: Queries) {
  const policies = queries.selectFrom("jump_policies").select(["id", "display_name as name"]);
  const sessions = queries.selectFrom("session_policies").select(["id", "display_name as name"]);
  return {
    jumpPolicies: await policies.orderBy("display_name").execute(),
    sessionPolicies: await sessions.where("for_jump_items", "=", 1).orderBy("display_name").execute(),
  };
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
    .leftJoin("jump_policies", "jump_policies.id", "installers.jump_policy")
    .leftJoin("session_policies as present", "present.id", "installers.present_policy")
    .leftJoin("session_policies as absent", "absent.id", "installers.absent_policy")
    .selectAll("installers")
    .select(["jump_groups.name as jump_group_name", "representatives.display_name as creator"])
    .select([
      "jump_policies.display_name as jump_policy_name",
      "present.display_name as present_policy_name",
      "absent.display_name as absent_policy_name",
    ]);
}
