/** What settings, memberships and filters may name, by name. */
import type { SettingChoices } from "../../protocol/api/users.ts";
import type { Queries } from "../database/database.ts";

type Named = SettingChoices["teams"];

/** Everything there is to choose from, each list by name. */
export async function readChoices(queries: Queries): Promise<SettingChoices> {
  return {
    jumpItemRoles: await byName(queries, "jump_item_roles"),
    sessionPolicies: await sessionPoliciesForUsers(queries),
    groupPolicies: await byName(queries, "group_policies"),
    teams: await byName(queries, "teams"),
    providers: await byName(queries, "providers"),
    jumpGroups: await sharedJumpGroups(queries),
  };
}

async function byName(
  queries: Queries,
  table: "jump_item_roles" | "group_policies" | "teams" | "providers",
): Promise<Named> {
  return await queries.selectFrom(table).select(["id", "name"]).orderBy("name").execute();
}

async function sessionPoliciesForUsers(queries: Queries): Promise<Named> {
  const query = queries.selectFrom("session_policies").select(["id", "display_name as name"]);
  return await query.where("for_users", "=", 1).orderBy("display_name").execute();
}

async function sharedJumpGroups(queries: Queries): Promise<Named> {
  const query = queries.selectFrom("jump_groups").select(["id", "name"]);
  return await query.where("owner", "is", null).orderBy("name").execute();
}
