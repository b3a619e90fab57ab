/** Nobody gives what they do not hold: the limits of who changes users or group policies and is no administrator. */
import { type AccountSettingName, accountSettings } from "../../protocol/account-settings.ts";
import { AppError } from "../../protocol/errors.ts";
import { type AccountPermission, accountPermissions } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";
import { reachesBeyond, roleSettings } from "../policy/role-gain.ts";

type Giver = Pick<Actor, "rights" | "scopes">;

const sessionSettings = ["attendedSessionPolicy", "unattendedSessionPolicy"] as const satisfies AccountSettingName[];

/** A setting that is changed; undefined: not defined. */
export interface SettingChange {
  readonly name: AccountSettingName;
  readonly before: unknown;
  readonly after: unknown;
}

/** Whether the actor has a permission to give: by their account, and by their scopes if they are a program. */
export function holds({ rights, scopes }: Giver, permission: AccountPermission): boolean {
  if (scopes !== null && !scopes.has(permission)) return false;
  return rights.isAdministrator || rights.settings[permission].value;
}

/** Whether a person acts on their own account; a program only acts for its maker. */
export const isOwnAccount = ({ id, scopes }: Pick<Actor, "id" | "scopes">, account: string): boolean =>
  scopes === null && id === account;

/** @throws {AppError} permission.not_held for somebody who is no administrator */
export function requireAdministrator(actor: Giver, what: string): void {
  if (!holds(actor, "site.administer")) throw notHeld(what);
}

/** The settings that differ, in the order pages show them. */
export function settingChanges(
  before: Readonly<Partial<Record<AccountSettingName, unknown>>>,
  after: Readonly<Partial<Record<AccountSettingName, unknown>>>,
): SettingChange[] {
  const names = Object.keys(accountSettings) as AccountSettingName[];
  return names
    .map((name) => ({ name, before: before[name], after: after[name] }))
    .filter((change) => !Bun.deepEquals(change.before, change.after));
}

/**
 * Refuses to define, change or take away what the actor does not hold. A permission must be theirs whichever way it is
 * defined, since taking a "no" away gives as much as a "yes". A Jump Item Role must allow no more than the actor's own in
 * the same place, before and after; session permissions are for who may change session policies.
 * @throws {AppError} permission.not_held
 */
export function requireHeld(actor: Giver, changes: readonly SettingChange[], policies: Policies): void {
  if (holds(actor, "site.administer")) return;
  const beyond = changes.filter((change) => !mayGive(actor, change, policies));
  if (beyond.length === 0) return;
  const names = beyond.map(({ name }) => accountSettings[name].name).join(", ");
  throw notHeld(`These are not yours to give or take: ${names}.`);
}

function mayGive(actor: Giver, { name, before, after }: SettingChange, policies: Policies): boolean {
  if (isIn(accountPermissions, name)) return holds(actor, name);
  if (isIn(sessionSettings, name)) return holds(actor, "session-policies.edit");
  if (!isIn(roleSettings, name)) return true;
  const [own, from, to] = [actor.rights.settings[name].value, before, after].map((id) => allowedBy(id, policies));
  return holds(actor, "jump-item-roles.manage") || (from!.isSubsetOf(own!) && to!.isSubsetOf(own!));
}

const isIn = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

function allowedBy(role: unknown, { jumpItemRoles }: Policies): ReadonlySet<string> {
  return (typeof role === "string" ? jumpItemRoles.get(role)?.permissions : undefined) ?? new Set();
}

/**
 * Refuses what would let the actor act as an account that may do more than they, or keep it out: a new password, address or
 * proof for it, its end. Nobody is beyond themselves, but an API account may be beyond its scopes.
 * @throws {AppError} permission.not_held
 */
export function requireNoMore(actor: Giver, target: AccountRights, policies: Policies): void {
  if (holds(actor, "site.administer")) return;
  if (actor.scopes === null && target.id === actor.rights.id) return;
  const holdsMore = accountPermissions.some((name) => target.settings[name].value && !holds(actor, name));
  if (target.isAdministrator || holdsMore || reachesMore(actor, target, policies))
    throw notHeld("This account may do more than yours, so it is not yours to take over or to end.");
}

/** What Jump Item Roles are worth anything with: to use them, or to give them to others. */
const usesOfRoles = ["console.use", "users.edit", "group-policies.edit", "jump-groups.manage"] as const;

/** Whether the target's Jump Item Roles allow more anywhere than the actor's; who manages roles and Jump Groups has them all. */
function reachesMore(actor: Giver, target: AccountRights, policies: Policies): boolean {
  if (!usesOfRoles.some((name) => target.settings[name].value)) return false;
  if (holds(actor, "jump-item-roles.manage") && holds(actor, "jump-groups.manage")) return false;
  return reachesBeyond(actor, target, policies);
}

/** @throws {AppError} permission.not_held when the account is an administrator's and the actor is none */
export function requireMayTouch(actor: Giver, target: AccountRights): void {
  if (target.isAdministrator) requireAdministrator(actor, "This is an administrator's account.");
}

const notHeld = (what: string): AppError =>
  new AppError("permission.not_held", `${what} An administrator can do this.`);
