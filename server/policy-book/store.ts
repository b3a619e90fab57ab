/** Reads policies and accounts out of the tables. JSON columns are ours: written after a check by whoever owns the row. */
import type { DefinedSettings, PolicySettings } from "../../protocol/account-settings.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import type { TeamRole } from "../../protocol/api/users.ts";
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import type { SessionRules } from "../../protocol/session-policy.ts";
import type { Queries, Tx } from "../database/database.ts";
import type {
  AccountRecord,
  GroupPolicy,
  JumpGroup,
  JumpItemRole,
  JumpPolicy,
  SessionPolicy,
} from "../policy/policies.ts";

/** Jump Groups read before others have a turn. */
const PAGE = 2000;

const byId = <T extends { readonly id: string }>(things: readonly T[]): Map<string, T> =>
  new Map(things.map((thing) => [thing.id, thing]));

/** From the top. Each is read by itself: there may be a thousand with thousands of Jump Groups each. */
export async function readGroupPolicies(queries: Queries): Promise<GroupPolicy[]> {
  const rows = await queries
    .selectFrom("group_policies")
    .select(["id", "name", "settings", "jump_groups_final"])
    .orderBy("position")
    .orderBy("id")
    .execute();
  const policies: GroupPolicy[] = [];
  for (const { id, name, settings, jump_groups_final: isFinal } of rows) {
    const jumpGroups = await jumpGroupsOfPolicy(queries, id);
    const teams = await teamsOfPolicy(queries, id);
    const rest = { areJumpGroupsFinal: isFinal === 1, teams };
    policies.push({ id, name, settings: JSON.parse(settings) as PolicySettings, ...jumpGroups, ...rest });
    await othersTurn();
  }
  return policies;
}

/** The event loop does what else there is. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function jumpGroupsOfPolicy(
  queries: Queries,
  id: string,
): Promise<Pick<GroupPolicy, "jumpGroups" | "removedJumpGroups">> {
  const rows = await queries
    .selectFrom("group_policy_jump_groups")
    .select(["jump_group", "role", "is_removal"])
    .where("group_policy", "=", id)
    .execute();
  const jumpGroups = new Map<string, string | null>();
  const removedJumpGroups = new Set<string>();
  for (const { jump_group: group, role, is_removal: isRemoval } of rows)
    if (isRemoval === 1) removedJumpGroups.add(group);
    else jumpGroups.set(group, role);
  return { jumpGroups, removedJumpGroups };
}

async function teamsOfPolicy(queries: Queries, id: string): Promise<Map<string, TeamRole>> {
  const rows = await queries
    .selectFrom("group_policy_teams")
    .select(["team", "role"])
    .where("group_policy", "=", id)
    .execute();
  return new Map(rows.map(({ team, role }) => [team, role as TeamRole]));
}

export async function readSessionPolicies(queries: Queries): Promise<Map<string, SessionPolicy>> {
  const rows = await queries.selectFrom("session_policies").select(["id", "display_name as name", "rules"]).execute();
  return byId(rows.map(({ id, name, rules }) => ({ id, name, rules: JSON.parse(rules) as SessionRules })));
}

export async function readJumpPolicies(queries: Queries): Promise<Map<string, JumpPolicy>> {
  const rows = await queries.selectFrom("jump_policies").select(["id", "display_name as name", "rules"]).execute();
  return byId(rows.map(({ id, name, rules }) => ({ id, name, rules: JSON.parse(rules) as JumpRules })));
}

export async function readJumpItemRoles(queries: Queries): Promise<Map<string, JumpItemRole>> {
  const rows = await queries.selectFrom("jump_item_roles").select(["id", "name", "permissions"]).execute();
  const read = (json: string) => new Set(JSON.parse(json) as JumpItemPermission[]);
  return byId(rows.map(({ id, name, permissions }) => ({ id, name, permissions: read(permissions) })));
}

export async function readJumpGroups(queries: Queries): Promise<Map<string, JumpGroup>> {
  const found = new Map<string, JumpGroup>();
  for (let after = ""; ; await othersTurn()) {
    const rows = await queries
      .selectFrom("jump_groups")
      .select(["id", "name", "owner", "assistance", "endpoint_tools as tools"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(PAGE)
      .execute();
    for (const { tools, ...row } of rows)
      found.set(row.id, { ...row, hasEndpointTools: tools === null ? null : tools === 1 });
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return found;
    after = last.id;
  }
}

/** What the tables say of one account; null: there is no such account. */
export async function readAccount(queries: Queries, id: string): Promise<AccountRecord | null> {
  const row = await queries
    .selectFrom("representatives")
    .select(["display_name", "settings"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const groups = await queries
    .selectFrom("jump_group_users")
    .select(["jump_group", "role"])
    .where("representative", "=", id)
    .execute();
  const groupPolicies = await groupPoliciesOf(queries, id);
  return {
    id,
    name: row.display_name,
    own: JSON.parse(row.settings) as DefinedSettings,
    groupPolicies,
    jumpGroups: new Map(groups.map(({ jump_group: group, role }) => [group, role])),
    ...(await ledBy(queries, id, groupPolicies)),
  };
}

/** Group policies name accounts, or groups a provider has them in. */
async function groupPoliciesOf(queries: Queries, id: string): Promise<Set<string>> {
  const rows = await queries
    .selectFrom("group_policy_users")
    .select("group_policy")
    .where("representative", "=", id)
    .union(
      queries
        .selectFrom("external_groups")
        .innerJoin("group_policy_provider_groups as named", (join) =>
          join
            .onRef("named.provider", "=", "external_groups.provider")
            .onRef("named.group_name", "=", "external_groups.group_name"),
        )
        .select("named.group_policy")
        .where("external_groups.representative", "=", id),
    )
    .execute();
  return new Set(rows.map((row) => row.group_policy));
}

/** Which teams this account leads or manages, and whom in them: members, for a manager the leads, too. */
async function ledBy(queries: Queries, id: string, groupPolicies: ReadonlySet<string>) {
  const ledTeams = new Set<string>();
  const ledUsers = new Set<string>();
  for (const { team, role } of await teamsLedBy(queries, id, groupPolicies)) {
    ledTeams.add(team);
    const below: TeamRole[] = role === "manager" ? ["member", "lead"] : ["member"];
    for (const member of await inTeam(queries, team, below)) ledUsers.add(member);
  }
  ledUsers.delete(id);
  return { ledTeams, ledUsers };
}

async function teamsLedBy(queries: Queries, id: string, groupPolicies: ReadonlySet<string>) {
  const leading = ["lead", "manager"];
  const own = queries
    .selectFrom("team_members")
    .select(["team", "role"])
    .where("representative", "=", id)
    .where("role", "in", leading);
  const byPolicy = queries
    .selectFrom("group_policy_teams")
    .select(["team", "role"])
    .where("group_policy", "in", [...groupPolicies])
    .where("role", "in", leading);
  return await own.union(byPolicy).execute();
}

async function inTeam(queries: Queries, team: string, roles: readonly TeamRole[]): Promise<string[]> {
  const own = queries
    .selectFrom("team_members")
    .select("representative")
    .where("team", "=", team)
    .where("role", "in", roles);
  const byName = queries
    .selectFrom("group_policy_teams")
    .innerJoin("group_policy_users as named", "named.group_policy", "group_policy_teams.group_policy")
    .select("named.representative")
    .where("group_policy_teams.team", "=", team)
    .where("group_policy_teams.role", "in", roles);
  const byProvider = queries
    .selectFrom("group_policy_teams")
    .innerJoin("group_policy_provider_groups as named", "named.group_policy", "group_policy_teams.group_policy")
    .innerJoin("external_groups", (join) =>
      join
        .onRef("external_groups.provider", "=", "named.provider")
        .onRef("external_groups.group_name", "=", "named.group_name"),
    )
    .select("external_groups.representative")
    .where("group_policy_teams.team", "=", team)
    .where("group_policy_teams.role", "in", roles);
  return (await own.union(byName).union(byProvider).execute()).map(({ representative }) => representative);
}

/** One row of the settings; null: nobody wrote it yet. */
export async function readSettingValue(queries: Queries, name: string): Promise<string | null> {
  const row = await queries.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value ?? null;
}

export async function writeSettingValue(tx: Tx, name: string, value: string): Promise<void> {
  const row = { name, value };
  const insert = tx.insertInto("settings").values(row);
  await insert.onConflict((conflict) => conflict.column("name").doUpdateSet({ value })).execute();
}
