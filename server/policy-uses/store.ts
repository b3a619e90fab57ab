/** The SQL of who uses a session policy, a Jump Policy or a Jump Item Role. */
import { type RawBuilder, sql } from "kysely";
import type { Queries } from "../database/database.ts";

/** What is used. */
export type UsedKind = "session-policy" | "jump-policy" | "jump-item-role";
/** Who uses it. `members`: people with a role of their own in a Jump Group. */
export type PlaceKind = "users" | "groupPolicies" | "members" | "jumpItems" | "installers";

/** Rows of `used` (the id of what is used), `id` and `name` of who uses it; each pair once. */
type Places = RawBuilder<unknown>;

const settingOf = (table: "representatives" | "group_policies", path: string): Places => {
  const name = table === "representatives" ? sql.ref("display_name") : sql.ref("name");
  return sql`select json_extract(settings, ${sql.lit(path)}) as used, id, ${name} as name from ${sql.table(table)}`;
};
const columnOf = (table: "jump_clients" | "installers", column: string): Places =>
  table === "jump_clients"
    ? sql`select ${sql.ref(column)} as used, id, name from jump_clients
        where is_leaving = 0 and ${sql.ref(column)} is not null`
    : sql`select ${sql.ref(column)} as used, installers.id, case installers.name when '' then jump_groups.name
        else installers.name end as name from installers join jump_groups on jump_groups.id = installers.jump_group
        where ${sql.ref(column)} is not null`;
const joined = (places: readonly Places[]): Places => sql.join(places, sql` union `);

const sessionChoices = ["attendedSessionPolicy", "unattendedSessionPolicy"];
const roleSettings = ["defaultJumpItemRole", "personalJumpItemRole", "teamJumpItemRole", "systemJumpItemRole"];
const sessionColumns = ["present_policy", "absent_policy"];

const roleMembers = sql`select role as used, jump_group || representative as id,
  display_name || ' in ' || jump_groups.name as name from jump_group_users
  join jump_groups on jump_groups.id = jump_group join representatives on representatives.id = representative
  where role is not null`;
const roleGroupPolicies = sql`select role as used, group_policies.id, group_policies.name from group_policy_jump_groups
  join group_policies on group_policies.id = group_policy where role is not null`;

const places: Readonly<Record<UsedKind, Readonly<Partial<Record<PlaceKind, Places>>>>> = {
  "session-policy": {
    users: joined(sessionChoices.map((name) => settingOf("representatives", `$.${name}.id`))),
    groupPolicies: joined(sessionChoices.map((name) => settingOf("group_policies", `$.${name}.value.id`))),
    jumpItems: joined(sessionColumns.map((column) => columnOf("jump_clients", column))),
    installers: joined(sessionColumns.map((column) => columnOf("installers", column))),
  },
  "jump-policy": {
    jumpItems: columnOf("jump_clients", "jump_policy"),
    installers: columnOf("installers", "jump_policy"),
  },
  "jump-item-role": {
    users: joined(roleSettings.map((name) => settingOf("representatives", `$.${name}`))),
    groupPolicies: joined([
      ...roleSettings.map((name) => settingOf("group_policies", `$.${name}.value`)),
      roleGroupPolicies,
    ]),
    members: roleMembers,
  },
};

/** The kinds of places that may use it, in the order they are told of. */
export const placesOf = (kind: UsedKind): PlaceKind[] => Object.keys(places[kind]) as PlaceKind[];

/** How often each is used in places of one kind; what is not used is not named. */
export async function countPlaces(queries: Queries, kind: UsedKind, place: PlaceKind): Promise<Map<string, number>> {
  const found = places[kind][place];
  if (found === undefined) return new Map();
  const counted = sql<{ used: string; count: number }>`select used, count(*) as count from (${found})
    where used is not null group by used`;
  return new Map((await counted.execute(queries)).rows.map(({ used, count }) => [used, count]));
}

/** The first places of one kind that use it, by name, and how many there are. */
export async function findPlaces(
  queries: Queries,
  kind: UsedKind,
  place: PlaceKind,
  { id, limit }: { readonly id: string; readonly limit: number },
): Promise<{ count: number; first: { id: string; name: string }[] }> {
  const found = places[kind][place];
  if (found === undefined) return { count: 0, first: [] };
  const named = sql<{ id: string; name: string; count: number }>`select id, name, count(*) over () as count
    from (${found}) where used = ${id} order by name collate nocase, id limit ${limit}`;
  const { rows } = await named.execute(queries);
  return { count: rows[0]?.count ?? 0, first: rows.map((row) => ({ id: row.id, name: row.name })) };
}
