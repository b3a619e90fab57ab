/** What somebody who is no administrator may do to a group policy: give no more than they hold (decision 0006). */
import { accountSettingNames, type PolicySettings } from "../../protocol/account-settings.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AccountPermission } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import { isEmpty } from "../member-changes.ts";
import type { GroupPolicy, Policies } from "../policy/policies.ts";
import { ownPermissionsOn } from "../policy/role-gain.ts";
import { holds, requireAdministrator, requireHeld, type SettingChange } from "../representatives/giving.ts";
import type { Memberships } from "./membership-store.ts";
import type { MembershipChanges } from "./memberships.ts";

/** Settings that differ, whether in value or in being final, with their values. */
export function policyChanges(before: PolicySettings, after: PolicySettings): SettingChange[] {
  return accountSettingNames
    .filter((name) => !Bun.deepEquals(before[name], after[name]))
    .map((name) => ({ name, before: before[name]?.value, after: after[name]?.value }));
}

/** Everything a policy defines, as if it were given anew. */
const allOf = (settings: PolicySettings): SettingChange[] => policyChanges({}, settings);

/**
 * Refuses to touch a policy that makes administrators, or changes of settings the actor does not hold.
 * @throws {AppError} permission.not_held
 */
export function requireMayChange(
  actor: Actor,
  before: PolicySettings,
  changes: readonly SettingChange[],
  policies: Policies,
): void {
  if (before["site.administer"] !== undefined)
    requireAdministrator(actor, "This group policy is about administrators.");
  requireHeld(actor, changes, policies);
}

/** Refuses what gives or takes everything a policy defines: its members, its place, its end. @throws {AppError} permission.not_held */
export function requireWholePolicy(actor: Actor, settings: PolicySettings, policies: Policies): void {
  requireMayChange(actor, settings, allOf(settings), policies);
}

/**
 * Members get everything the policy defines; its Jump Groups and teams are for who manages those.
 * @param places whether the policy names Jump Groups or teams, which members would get as well, and whether it becomes
 *   final for its Jump Groups or no longer is
 * @throws {AppError} permission.not_held
 */
export function requireMayPlace(
  actor: Actor,
  changes: MembershipChanges,
  settings: PolicySettings,
  places: { readonly jumpGroups: boolean; readonly teams: boolean; readonly changesFinal: boolean },
  policies: Policies,
): void {
  const changesMembers = !isEmpty(changes.users) || !isEmpty(changes.providerGroups);
  if (changesMembers) requireWholePolicy(actor, settings, policies);
  const changesJumpGroups = !isEmpty(changes.jumpGroups) || places.changesFinal;
  if (changesJumpGroups || (changesMembers && places.jumpGroups)) requireFor(actor, "jump-groups.manage");
  if (!isEmpty(changes.teams) || (changesMembers && places.teams)) requireFor(actor, "teams.manage");
}

/**
 * A Jump Item Role is given by who has it there themselves, or manages roles (NA11); who leads a team reaches its members'
 * lists and answers requests for access, and is named by administrators alone where a policy makes them.
 * @param before what the policy named
 * @throws {AppError} permission.not_held
 */
export function requireMayGivePlaces(
  actor: Actor,
  before: Pick<Memberships, "jumpGroups" | "teams">,
  changes: MembershipChanges,
  policies: Policies,
): void {
  if (holds(actor, "site.administer")) return;
  const changesMembers = !isEmpty(changes.users) || !isEmpty(changes.providerGroups);
  const teams = [...changes.teams.written.values(), ...(changesMembers ? before.teams.values() : [])];
  if (teams.some((role) => role !== "member")) throw notYours("Leads and managers of teams");
  if (holds(actor, "jump-item-roles.manage")) return;
  const given = new Map([...(changesMembers ? before.jumpGroups : []), ...changes.jumpGroups.written]);
  for (const [jumpGroup, change] of given)
    if (change.change === "add" && change.role !== null) requireRole(actor, jumpGroup, change.role, policies);
}

/**
 * Refuses to bring people into a group policy, whoever they may be, that gives them Jump Item Roles beyond the actor's own
 * there, or the lead of a team. With "default role" they have there whatever default role any group policy gives them.
 * @throws {AppError} permission.not_held
 */
export function requireMayBringPlaces(actor: Actor, { jumpGroups, teams }: GroupPolicy, policies: Policies): void {
  if (holds(actor, "site.administer")) return;
  if ([...teams.values()].some((role) => role !== "member")) throw notYours("Leads and managers of teams");
  if (holds(actor, "jump-item-roles.manage")) return;
  const defaults = policies.groupPolicies.flatMap(({ settings }) => settings.defaultJumpItemRole?.value ?? []);
  for (const [jumpGroup, named] of jumpGroups)
    for (const role of named === null ? defaults : [named]) requireRole(actor, jumpGroup, role, policies);
}

function requireRole(actor: Actor, jumpGroup: string, role: string, policies: Policies): void {
  const wished = policies.jumpItemRoles.get(role)?.permissions;
  if (wished?.isSubsetOf(ownPermissionsOn(actor, jumpGroup, policies)) === false) throw rolesNotYours();
}

/** What somebody would come to by Jump Item Roles is more than the actor has there. */
export const rolesNotYours = (): AppError => notYours("Jump Item Roles that allow more than your own there");

/**
 * Refuses to move or delete a policy that names Jump Groups: what it takes people out of, or what stronger role it hides,
 * they would get back.
 * @throws {AppError} permission.not_held
 */
export function requireMayMove(actor: Actor, namesJumpGroups: boolean): void {
  if (namesJumpGroups) requireFor(actor, "jump-groups.manage");
}

function requireFor(actor: Actor, permission: AccountPermission): void {
  if (holds(actor, permission)) return;
  throw notYours(permission === "teams.manage" ? "Teams" : "Jump Groups");
}

const notYours = (what: string): AppError =>
  new AppError(
    "permission.not_held",
    `${what} of a group policy are not yours to give or take. An administrator can do this.`,
  );
