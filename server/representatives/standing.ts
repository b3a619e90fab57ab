/** What settings come to for an account, asked of policy's own compileRights() so that there is one rule. */
import type { Queries } from "../database/database.ts";
import { compileRights } from "../policy/compile-rights.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";
import { readStandings, reachedBy, type SettingsPolicy, type Standing } from "./reach-store.ts";

export type { Standing } from "./reach-store.ts";

const nothing = { jumpGroups: new Map(), ledTeams: new Set<string>(), ledUsers: new Set<string>() };
const bare = {
  jumpGroups: new Map(),
  removedJumpGroups: new Set<string>(),
  areJumpGroupsFinal: false,
  teams: new Map(),
};

/** The rights of an account by its settings alone: without the Jump Groups and teams it was put in by name. */
export function rightsBySettings(standing: Standing, policies: Policies): AccountRights {
  return compileRights({ ...standing, ...nothing }, policies);
}

/** The site's policies with other group policies, from the top, of which only the settings count. */
export function withGroupPolicies(policies: Policies, groupPolicies: readonly SettingsPolicy[]): Policies {
  return { ...policies, groupPolicies: groupPolicies.map((policy) => ({ ...policy, ...bare })) };
}

/** Ids of everybody a group policy reaches. */
export async function accountsReachedBy(queries: Queries, groupPolicy: string): Promise<string[]> {
  return await reachedBy(queries, [groupPolicy]);
}

/** These accounts as they stand; those that are gone are left out. */
export async function standingsOf(queries: Queries, ids: readonly string[]): Promise<Standing[]> {
  return await readStandings(queries, ids);
}
