/** The SQL of group policies themselves; who and what they name is in membership-store.ts. */
import { sql } from "kysely";
import type { PolicySettings } from "../../protocol/account-settings.ts";
import type { Queries, Tx } from "../database/database.ts";

/** A group policy without whom it names. */
export interface GroupPolicyRow {
  readonly id: string;
  /** 1 is the top. */
  readonly position: number;
  readonly name: string;
  readonly description: string;
  readonly settings: PolicySettings;
  /** No lower policy overrides what this one says of a Jump Group. */
  readonly areJumpGroupsFinal: boolean;
  readonly createdAt: string;
  readonly version: number;
}
/** Columns that may be written; absent ones stay. */
export type GroupPolicyChanges = Partial<
  Pick<GroupPolicyRow, "name" | "description" | "settings" | "areJumpGroupsFinal">
>;

const columns = [
  ...(["id", "position", "name", "description", "settings"] as const),
  ...(["jump_groups_final", "created_at", "version"] as const),
] as const;
interface StoredRow {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly description: string;
  readonly settings: string;
  readonly jump_groups_final: 0 | 1;
  readonly created_at: string;
  readonly version: number;
}

const toPolicy = ({
  settings,
  jump_groups_final: isFinal,
  created_at: createdAt,
  ...row
}: StoredRow): GroupPolicyRow => ({
  ...row,
  areJumpGroupsFinal: isFinal === 1,
  createdAt,
  settings: JSON.parse(settings) as PolicySettings,
});

/** Every one, from the top. */
export async function listGroupPolicies(queries: Queries): Promise<GroupPolicyRow[]> {
  const rows = await queries.selectFrom("group_policies").select(columns).orderBy("position").orderBy("id").execute();
  return rows.map(toPolicy);
}

export async function findGroupPolicy(queries: Queries, id: string): Promise<GroupPolicyRow | null> {
  const row = await queries.selectFrom("group_policies").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toPolicy(row);
}

/** The one that has a name, compared without case. */
export async function findByName(queries: Queries, name: string): Promise<GroupPolicyRow | null> {
  const row = await queries.selectFrom("group_policies").select(columns).where("name", "=", name).executeTakeFirst();
  return row === undefined ? null : toPolicy(row);
}

/** Adds one below all others. */
export async function insertGroupPolicy(tx: Tx, policy: Omit<GroupPolicyRow, "position">): Promise<void> {
  const { settings, areJumpGroupsFinal, createdAt, ...row } = policy;
  const position = sql<number>`(select coalesce(max(position), 0) + 1 from group_policies)`;
  await tx
    .insertInto("group_policies")
    .values({
      ...row,
      position,
      settings: JSON.stringify(settings),
      jump_groups_final: areJumpGroupsFinal ? 1 : 0,
      created_at: createdAt,
    })
    .execute();
}

/** Writes what is there and raises the version. */
export async function updateGroupPolicy(tx: Tx, id: string, changes: GroupPolicyChanges): Promise<void> {
  const { name, description, settings, areJumpGroupsFinal: isFinal } = changes;
  await tx
    .updateTable("group_policies")
    .set((eb) => ({
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
      ...(isFinal === undefined ? {} : { jump_groups_final: isFinal ? (1 as const) : (0 as const) }),
      version: eb("version", "+", 1),
    }))
    .where("id", "=", id)
    .execute();
}

/** Those below move up. */
export async function deleteGroupPolicy(tx: Tx, { id, position }: GroupPolicyRow): Promise<void> {
  await tx.deleteFrom("group_policies").where("id", "=", id).execute();
  await tx
    .updateTable("group_policies")
    .set((eb) => ({ position: eb("position", "-", 1) }))
    .where("position", ">", position)
    .execute();
}

/** Gives each of these its place, from the top. */
export async function writeOrder(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries())
    await tx
      .updateTable("group_policies")
      .set({ position: index + 1 })
      .where("id", "=", id)
      .execute();
}

/** How many accounts each group policy reaches, by its id: named ones, and those only a provider's group brings. */
export async function countReached(queries: Queries): Promise<Map<string, number>> {
  const named = await queries
    .selectFrom("group_policy_users")
    .select(["group_policy", ({ fn }) => fn.countAll().as("total")])
    .groupBy("group_policy")
    .execute();
  const brought = await queries
    .selectFrom("group_policy_provider_groups as groups")
    .innerJoin("external_groups", (join) =>
      join
        .onRef("external_groups.provider", "=", "groups.provider")
        .onRef("external_groups.group_name", "=", "groups.group_name"),
    )
    .select(["groups.group_policy", sql<number>`count(distinct representative)`.as("total")])
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("group_policy_users as users")
            .select("users.representative")
            .whereRef("users.group_policy", "=", "groups.group_policy")
            .whereRef("users.representative", "=", "external_groups.representative"),
        ),
      ),
    )
    .groupBy("groups.group_policy")
    .execute();
  const counts = new Map<string, number>();
  for (const { group_policy: id, total } of [...named, ...brought])
    counts.set(id, (counts.get(id) ?? 0) + Number(total));
  return counts;
}

/** Everybody who takes part in a support session now. */
export async function peopleInSession(queries: Queries): Promise<Set<string>> {
  const rows = await queries
    .selectFrom("session_participants")
    .innerJoin("support_sessions", "support_sessions.id", "session_participants.session")
    .select("representative")
    .distinct()
    .where("left_at", "is", null)
    .where("ended_at", "is", null)
    .execute();
  return new Set(rows.map(({ representative }) => representative));
}
