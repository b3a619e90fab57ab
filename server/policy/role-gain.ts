/** Whether somebody comes to more by Jump Item Roles than whoever changes something has themselves in the same place. Pure. */
import type { AccountSettingName } from "../../protocol/account-settings.ts";
import type { AccountPermission, JumpItemPermission } from "../../protocol/permissions.ts";
import { jumpItemRoleOn } from "./jump-item-role.ts";
import type { AccountRights, Policies } from "./policies.ts";

/** Who changes something: a person, or a program within its scopes. */
export interface RoleGiver {
  readonly rights: AccountRights;
  readonly scopes: ReadonlySet<AccountPermission> | null;
}

/** One account around a change, and the Jump Groups the change speaks of. */
export interface RightsAround {
  readonly before: AccountRights;
  readonly after: AccountRights;
  readonly jumpGroups: Iterable<string>;
}

type Allowed = ReadonlySet<JumpItemPermission>;
/** The settings of an account that name a Jump Item Role. */
export const roleSettings = [
  "defaultJumpItemRole",
  "personalJumpItemRole",
  "teamJumpItemRole",
  "systemJumpItemRole",
] as const satisfies AccountSettingName[];
const nothing: Allowed = new Set();

/**
 * What the giver's own role allows on the Jump Items of a Jump Group. Being an administrator is no scope, so a program of
 * one has what its maker would have without it (NA11).
 */
export function ownPermissionsOn({ rights, scopes }: RoleGiver, jumpGroup: string, policies: Policies): Allowed {
  return permissionsOn(scopes === null ? rights : { ...rights, isAdministrator: false }, jumpGroup, policies);
}

/**
 * Whether the account is allowed more after the change than before and than the giver is: by one of the roles its settings
 * name, or in one of the Jump Groups where the change may tell. Administrators had everything before.
 */
export function gainsBeyond(
  giver: RoleGiver,
  { before, after, jumpGroups }: RightsAround,
  policies: Policies,
): boolean {
  if (before.isAdministrator || after.isAdministrator) return false;
  const allowed = (rights: AccountRights, name: (typeof roleSettings)[number]) => allowedBy(rights, name, policies);
  const gained = roleSettings.filter((name) => !allowed(after, name).isSubsetOf(allowed(before, name)));
  if (gained.some((name) => exceeds(allowed(after, name), allowed(before, name), allowed(giver.rights, name))))
    return true;
  const places = new Set(jumpGroups);
  if (gained.includes("defaultJumpItemRole"))
    for (const [jumpGroup, { role }] of after.jumpGroups) if (role === null) places.add(jumpGroup);
  // Elsewhere the giver's own system role is what counts, and that was looked at above.
  if (gained.includes("systemJumpItemRole")) for (const own of giver.rights.jumpGroups.keys()) places.add(own);
  return [...places].some((jumpGroup) =>
    exceeds(
      permissionsOn(after, jumpGroup, policies),
      permissionsOn(before, jumpGroup, policies),
      ownPermissionsOn(giver, jumpGroup, policies),
    ),
  );
}

/**
 * Whether these rights hold a Jump Item Role that allows more than the giver's own in the same place: by a setting, or in a
 * Jump Group they are in.
 */
export function reachesBeyond(giver: RoleGiver, rights: AccountRights, policies: Policies): boolean {
  const allowed = (account: AccountRights, name: (typeof roleSettings)[number]) => allowedBy(account, name, policies);
  if (roleSettings.some((name) => !allowed(rights, name).isSubsetOf(allowed(giver.rights, name)))) return true;
  return [...rights.jumpGroups.keys()].some(
    (jumpGroup) => !permissionsOn(rights, jumpGroup, policies).isSubsetOf(ownPermissionsOn(giver, jumpGroup, policies)),
  );
}

/** What the role allows that a setting of the account names. */
const allowedBy = (
  { settings }: AccountRights,
  name: (typeof roleSettings)[number],
  { jumpItemRoles }: Policies,
): Allowed => jumpItemRoles.get(settings[name].value ?? "")?.permissions ?? nothing;

const permissionsOn = (rights: AccountRights, jumpGroup: string, policies: Policies): Allowed =>
  jumpItemRoleOn(rights, jumpGroup, policies)?.role.permissions ?? nothing;

const exceeds = (after: Allowed, before: Allowed, own: Allowed): boolean => !after.isSubsetOf(before.union(own));
