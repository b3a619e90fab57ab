/** Whom and what group policies name: accounts, providers' groups, Jump Groups and teams. */
import { sql } from "kysely";
import type { GroupPolicyMember, TeamRole } from "../../protocol/api/users.ts";
import type { Queries, Tx } from "../database/database.ts";

/** Rows written in one statement. */
const BATCH = 1000;
const listed = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;

/** A provider's group. */
export interface ProviderGroup {
  readonly provider: string;
  readonly group: string;
}

/** What a group policy does with its members in one Jump Group; a role of null: the account's default role. */
export type JumpGroupChange =
  { readonly change: "add"; readonly role: string | null } | { readonly change: "remove"; readonly role: null };

/** Everything one group policy names. */
export interface Memberships {
  readonly users: ReadonlyMap<string, true>;
  /** By groupKey(). */
  readonly providerGroups: ReadonlyMap<string, true>;
  readonly jumpGroups: ReadonlyMap<string, JumpGroupChange>;
  readonly teams: ReadonlyMap<string, TeamRole>;
}

/** One text for a provider's group, to compare by. */
export const groupKey = ({ provider, group }: ProviderGroup): string => `${provider} ${group}`;
/** What a groupKey() was made of; a provider's id has no blank. */
export function ofGroupKey(key: string): ProviderGroup {
  const end = key.indexOf(" ");
  return { provider: key.slice(0, end), group: key.slice(end + 1) };
}

export async function readMemberships(queries: Queries, policy: string): Promise<Memberships> {
  const users = await queries
    .selectFrom("group_policy_users")
    .select("representative")
    .where("group_policy", "=", policy)
    .execute();
  const groups = await queries
    .selectFrom("group_policy_provider_groups")
    .select(["provider", "group_name as group"])
    .where("group_policy", "=", policy)
    .execute();
  return {
    users: new Map(users.map(({ representative }) => [representative, true])),
    providerGroups: new Map(groups.map((group) => [groupKey(group), true])),
    jumpGroups: await readJumpGroups(queries, policy),
    teams: await readTeams(queries, policy),
  };
}

const readJumpGroups = async (queries: Queries, policy: string): Promise<Map<string, JumpGroupChange>> =>
  (await readJumpGroupsOf(queries, [policy])).get(policy) ?? new Map();

/** What each of these group policies says of Jump Groups, by the policy's id; one that says nothing is left out. */
export async function readJumpGroupsOf(
  queries: Queries,
  policies: readonly string[],
): Promise<Map<string, Map<string, JumpGroupChange>>> {
  const query = queries.selectFrom("group_policy_jump_groups");
  const rows = await query
    .select(["group_policy", "jump_group", "role", "is_removal"])
    .where("group_policy", "in", listed(policies))
    .execute();
  const found = new Map<string, Map<string, JumpGroupChange>>();
  for (const { group_policy: policy, jump_group: id, role, is_removal: isRemoval } of rows)
    within(found, policy).set(id, isRemoval === 1 ? { change: "remove", role: null } : { change: "add", role });
  return found;
}

/** The map that stands under a key, made where there is none. */
function within<T>(maps: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const known = maps.get(key) ?? new Map<string, T>();
  maps.set(key, known);
  return known;
}

/** Of the providers' groups that any of these group policies names, by groupKey(), all the group policies that name them. */
export async function readPoliciesOfGroups(
  queries: Queries,
  policies: readonly string[],
): Promise<Map<string, Set<string>>> {
  const rows = await queries
    .selectFrom("group_policy_provider_groups as named")
    .innerJoin("group_policy_provider_groups as also", (join) =>
      join.onRef("also.provider", "=", "named.provider").onRef("also.group_name", "=", "named.group_name"),
    )
    .select(["also.provider", "also.group_name as group", "also.group_policy as policy"])
    .distinct()
    .where("named.group_policy", "in", listed(policies))
    .execute();
  const found = new Map<string, Set<string>>();
  for (const { policy, ...group } of rows) {
    const key = groupKey(group);
    found.set(key, (found.get(key) ?? new Set()).add(policy));
  }
  return found;
}

/** Whether any of these group policies names a Jump Group. */
export async function namesJumpGroups(queries: Queries, policies: readonly string[]): Promise<boolean> {
  const query = queries.selectFrom("group_policy_jump_groups").select("group_policy").limit(1);
  return (await query.where("group_policy", "in", listed(policies)).executeTakeFirst()) !== undefined;
}

/**
 * The Jump Groups whose own pages name these accounts, by the account, with its role there; null: its default role. Who is
 * named by none is left out.
 */
export async function readGivenToMany(
  queries: Queries,
  accounts: readonly string[],
): Promise<Map<string, Map<string, string | null>>> {
  const query = queries.selectFrom("jump_group_users").select(["representative", "jump_group", "role"]);
  const rows = await query.where("representative", "in", listed(accounts)).execute();
  const found = new Map<string, Map<string, string | null>>();
  for (const { representative, jump_group: id, role } of rows) within(found, representative).set(id, role);
  return found;
}

async function readTeams(queries: Queries, policy: string): Promise<Map<string, TeamRole>> {
  const query = queries.selectFrom("group_policy_teams").select(["team", "role"]);
  const rows = await query.where("group_policy", "=", policy).execute();
  return new Map(rows.map(({ team, role }) => [team, role as TeamRole]));
}

/** Its members with their names, people first, by name. */
export async function readMembers(queries: Queries, policy: string): Promise<GroupPolicyMember[]> {
  const users = await queries
    .selectFrom("group_policy_users")
    .innerJoin("representatives", "representatives.id", "group_policy_users.representative")
    .select(["representative as user", "display_name as name"])
    .where("group_policy", "=", policy)
    .orderBy(sql`display_name collate nocase`)
    .execute();
  const groups = await queries
    .selectFrom("group_policy_provider_groups")
    .innerJoin("providers", "providers.id", "group_policy_provider_groups.provider")
    .select(["providers.id as provider", "providers.name as providerName", "group_name as group"])
    .where("group_policy", "=", policy)
    .orderBy("providers.name")
    .orderBy("group_name")
    .execute();
  return [
    ...users.map((user) => ({ kind: "user", ...user }) as const),
    ...groups.map((group) => ({ kind: "provider-group", ...group }) as const),
  ];
}

/** Things a group policy may name. */
export type NamedTable = "representatives" | "providers" | "jump_groups" | "teams" | "jump_item_roles";

/** Of these ids, the names of those there are; personal lists are not there for group policies. */
export async function namesIn(
  queries: Queries,
  table: NamedTable,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await namesQuery(queries, table, ids);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function namesQuery(queries: Queries, table: NamedTable, ids: readonly string[]) {
  if (table === "representatives")
    return await queries
      .selectFrom(table)
      .select(["id", "display_name as name"])
      .where("id", "in", listed(ids))
      .execute();
  if (table !== "jump_groups")
    return await queries.selectFrom(table).select(["id", "name"]).where("id", "in", listed(ids)).execute();
  const query = queries.selectFrom(table).select(["id", "name"]).where("id", "in", listed(ids));
  return await query.where("owner", "is", null).execute();
}

export async function addUsers(tx: Tx, policy: string, ids: readonly string[]): Promise<void> {
  const rows = ids.map((representative) => ({ group_policy: policy, representative }));
  for (const batch of batches(rows)) await tx.insertInto("group_policy_users").values(batch).execute();
}

export async function removeUsers(tx: Tx, policy: string, ids: readonly string[]): Promise<void> {
  const query = tx.deleteFrom("group_policy_users").where("group_policy", "=", policy);
  await query.where("representative", "in", listed(ids)).execute();
}

export async function addProviderGroups(tx: Tx, policy: string, groups: readonly ProviderGroup[]): Promise<void> {
  const rows = groups.map(({ provider, group }) => ({ group_policy: policy, provider, group_name: group }));
  for (const batch of batches(rows)) await tx.insertInto("group_policy_provider_groups").values(batch).execute();
}

export async function removeProviderGroups(tx: Tx, policy: string, groups: readonly ProviderGroup[]): Promise<void> {
  for (const { provider, group } of groups)
    await tx
      .deleteFrom("group_policy_provider_groups")
      .where("group_policy", "=", policy)
      .where("provider", "=", provider)
      .where("group_name", "=", group)
      .execute();
}

/** Adds these, or makes another change of them. */
export async function writeJumpGroups(tx: Tx, policy: string, changes: Memberships["jumpGroups"]): Promise<void> {
  const rows = Array.from(
    changes,
    ([id, { change, role }]) =>
      ({ group_policy: policy, jump_group: id, role, is_removal: change === "remove" ? 1 : 0 }) as const,
  );
  for (const batch of batches(rows))
    await tx
      .insertInto("group_policy_jump_groups")
      .values(batch)
      .onConflict((conflict) =>
        conflict.doUpdateSet((eb) => ({ role: eb.ref("excluded.role"), is_removal: eb.ref("excluded.is_removal") })),
      )
      .execute();
}

export async function removeJumpGroups(tx: Tx, policy: string, ids: readonly string[]): Promise<void> {
  const query = tx.deleteFrom("group_policy_jump_groups").where("group_policy", "=", policy);
  await query.where("jump_group", "in", listed(ids)).execute();
}

/** Adds these, or gives them another role. */
export async function writeTeams(tx: Tx, policy: string, roles: Memberships["teams"]): Promise<void> {
  const rows = Array.from(roles, ([team, role]) => ({ group_policy: policy, team, role }));
  for (const batch of batches(rows))
    await tx
      .insertInto("group_policy_teams")
      .values(batch)
      .onConflict((conflict) => conflict.doUpdateSet((eb) => ({ role: eb.ref("excluded.role") })))
      .execute();
}

export async function removeTeams(tx: Tx, policy: string, ids: readonly string[]): Promise<void> {
  const query = tx.deleteFrom("group_policy_teams").where("group_policy", "=", policy);
  await query.where("team", "in", listed(ids)).execute();
}

function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let first = 0; first < rows.length; first += BATCH) yield rows.slice(first, first + BATCH);
}
