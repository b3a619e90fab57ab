/**
 * What a change of group policies does to people's Jump Item Roles, worked out by the rule that runs. Taking a weak role
 * away, moving it or putting somebody out of a Jump Group may give as much as naming a strong one.
 */
import { setImmediate as othersTurn } from "node:timers/promises";
import type { Actor } from "../actor.ts";
import type { Tx } from "../database/database.ts";
import { compileRights } from "../policy/compile-rights.ts";
import type { AccountRights, GroupPolicy, Policies } from "../policy/policies.ts";
import { gainsBeyond, roleSettings } from "../policy/role-gain.ts";
import { holds } from "../representatives/giving.ts";
import { accountsReachedBy, type Standing, standingsOf } from "../representatives/standing.ts";
import { rolesNotYours } from "./limits.ts";
import { type Memberships, readGivenToMany, readJumpGroupsOf, readPoliciesOfGroups } from "./membership-store.ts";
import { placesOf } from "./preview-jump-groups.ts";
import { type GroupPolicyRow, listGroupPolicies } from "./store.ts";

/** Different people worked out before others have a turn. */
const STEP = 100;

/** The group policies that are changed, and everybody they reach, as the tables stand. */
interface Moment {
  readonly rows: readonly GroupPolicyRow[];
  readonly jumpGroups: ReadonlyMap<string, Memberships["jumpGroups"]>;
  /** By account; and by provider's group, whoever comes later by that group alone. */
  readonly people: ReadonlyMap<string, Standing>;
}

/** All that is weighed: who changes what, with the tables before and after. */
interface Weighed {
  readonly actor: Actor;
  readonly policies: Policies;
  readonly changed: ReadonlySet<string>;
  readonly before: Moment;
  readonly after: Moment;
}

/**
 * Makes a change of these group policies, in the caller's transaction; refuses it, once made, where somebody comes to more
 * than they had and than the actor has in the same place. Who manages roles may give any.
 * @throws {AppError} permission.not_held, and whatever the change is refused with
 */
export async function limitRoleGains<T>(
  tx: Tx,
  actor: Actor,
  { changed, policies }: { readonly changed: readonly string[]; readonly policies: Policies },
  change: () => Promise<T>,
): Promise<T> {
  if (holds(actor, "site.administer") || holds(actor, "jump-item-roles.manage")) return await change();
  const before = await readMoment(tx, changed, []);
  const done = await change();
  const after = await readMoment(tx, changed, [...before.people.keys()]);
  if (concernsRoles(before, changed) || concernsRoles(after, changed))
    await refuseGains(tx, { actor, policies, changed: new Set(changed), before, after });
  return done;
}

async function readMoment(tx: Tx, changed: readonly string[], also: readonly string[]): Promise<Moment> {
  const ids = new Set(also);
  for (const policy of changed) for (const account of await accountsReachedBy(tx, policy)) ids.add(account);
  const people = new Map<string, Standing>();
  for (const standing of await standingsOf(tx, [...ids])) people.set(standing.id, standing);
  for (const [group, groupPolicies] of await readPoliciesOfGroups(tx, changed))
    people.set(group, { id: group, name: "", own: {}, groupPolicies });
  const reaching = new Set([...changed, ...[...people.values()].flatMap((one) => [...one.groupPolicies])]);
  const jumpGroups = await readJumpGroupsOf(tx, [...reaching]);
  return { rows: await listGroupPolicies(tx), jumpGroups, people };
}

/** Whether any of the changed group policies names a Jump Item Role or a Jump Group. */
function concernsRoles({ rows, jumpGroups }: Moment, changed: readonly string[]): boolean {
  const ids = new Set(changed);
  return (
    changed.some((id) => (jumpGroups.get(id)?.size ?? 0) > 0) ||
    rows.some(({ id, settings }) => ids.has(id) && roleSettings.some((name) => settings[name] !== undefined))
  );
}

async function refuseGains(tx: Tx, weighed: Weighed): Promise<void> {
  const { before, after, changed, policies } = weighed;
  const everybody = new Map([...before.people, ...after.people]);
  const givenBy = await readGivenToMany(tx, [...everybody.keys()]);
  // What other group policies say of Jump Groups is as it was.
  const jumpGroupsBefore = new Map(after.jumpGroups);
  for (const id of changed) jumpGroupsBefore.set(id, new Map());
  for (const [id, named] of before.jumpGroups) jumpGroupsBefore.set(id, named);
  const was = { ...policies, groupPolicies: toPolicies(before.rows, jumpGroupsBefore) };
  const is = { ...policies, groupPolicies: toPolicies(after.rows, after.jumpGroups) };
  const jumpGroups = [...changed].flatMap((id) =>
    [before, after].flatMap((one) => [...(one.jumpGroups.get(id)?.keys() ?? [])]),
  );
  const seen = new Set<string>();
  for (const [id, last] of everybody) {
    const now = after.people.get(id) ?? withoutPolicies(last, changed);
    const then = before.people.get(id) ?? withoutPolicies(now, changed);
    const given = givenBy.get(id) ?? new Map<string, string | null>();
    const kind = kindOf(then, now, given);
    if (seen.has(kind)) continue;
    seen.add(kind);
    const around = { before: rightsOf(then, given, was), after: rightsOf(now, given, is), jumpGroups };
    if (gainsBeyond(weighed.actor, around, policies)) throw rolesNotYours();
    if (seen.size % STEP === 0) await othersTurn();
  }
}

const withoutPolicies = (standing: Standing, changed: ReadonlySet<string>): Standing => ({
  ...standing,
  groupPolicies: standing.groupPolicies.difference(changed),
});

/** People of whom all this is the same come to the same. */
function kindOf(before: Standing, after: Standing, given: ReadonlyMap<string, string | null>): string {
  const own = [...roleSettings, "site.administer" as const].map((name) => after.own[name] ?? null);
  const reached = [before, after].map(({ groupPolicies }) => [...groupPolicies].toSorted());
  return JSON.stringify([own, reached, [...given].toSorted()]);
}

function rightsOf(
  standing: Standing,
  jumpGroups: ReadonlyMap<string, string | null>,
  policies: Policies,
): AccountRights {
  const nobody: ReadonlySet<string> = new Set();
  return compileRights({ ...standing, jumpGroups, ledTeams: nobody, ledUsers: nobody }, policies);
}

const toPolicies = (rows: Moment["rows"], jumpGroups: Moment["jumpGroups"]): GroupPolicy[] =>
  rows.map(({ id, name, settings, areJumpGroupsFinal: isFinal }) => ({
    ...{ id, name, settings, teams: new Map() },
    ...placesOf({ id, isFinal, jumpGroups: jumpGroups.get(id) ?? new Map() }),
  }));
