/** What an account must be given so that it holds just one permission, or every one but that. */
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import {
  accountPermissions,
  type JumpItemPermission,
  jumpItemPermissions,
  type Permission,
  permissions,
  type SessionPermission,
  sessionPermissions,
  wordsOfPermission,
} from "../../protocol/permissions.ts";
import type { SessionGrant } from "../../protocol/session-policy.ts";
import type { Core } from "../core.ts";
import { addRole } from "./policy-rows.ts";

/** Seeing lists lets one see Jump Items, so without that permission one is without these, too. */
const seeing: readonly Permission[] = ["jump-items.see-all", "jump-items.see-team-lists"];

const isOf = (scope: "account" | "jump-item" | "session", permission: Permission): boolean =>
  permissions[permission].scope === scope;

/**
 * Just this permission and what it is worth nothing without: the console for what concerns Jump Items, the Jump Item to
 * be seen for what concerns sessions, the permissions it needs.
 */
export async function holdingJust(core: Core, permission: Permission): Promise<DefinedSettings> {
  if (isOf("account", permission)) return { [permission]: true };
  const jumpItem = isOf("jump-item", permission) ? (permission as JumpItemPermission) : "jump-items.view";
  const systemJumpItemRole = await addRole(core, jumpItem);
  const allowed = isOf("session", permission) ? needsOf(permission as SessionPermission) : new Set<SessionPermission>();
  return { "console.use": true, systemJumpItemRole, ...sessionsAllow((name) => allowed.has(name)) };
}

/** Every permission but this one; not an administrator, who has them all. */
export async function holdingAllBut(core: Core, permission: Permission): Promise<DefinedSettings> {
  const isTaken = (name: Permission): boolean =>
    name === permission || name === "site.administer" || (permission === "jump-items.view" && seeing.includes(name));
  const own = accountPermissions.filter((name) => !isTaken(name)).map((name) => [name, true] as const);
  const systemJumpItemRole = await addRole(core, ...jumpItemPermissions.filter((name) => name !== permission));
  return { ...Object.fromEntries(own), systemJumpItemRole, ...sessionsAllow((name) => name !== permission) };
}

/** The account holds these settings and nothing else from now on. */
export async function setSettings(core: Core, account: string, settings: DefinedSettings): Promise<void> {
  const row = { settings: JSON.stringify(settings) };
  await core.database.queries.updateTable("representatives").set(row).where("id", "=", account).execute();
  await core.policyBook.changed();
}

/** The permission with every other that it is worth nothing without. */
export function needsOf(permission: SessionPermission): Set<SessionPermission> {
  const needed = new Set<SessionPermission>();
  for (
    let next: string | undefined = permission;
    next !== undefined;
    next = wordsOfPermission(next as Permission).needs
  )
    needed.add(next as SessionPermission);
  return needed;
}

function sessionsAllow(isAllowed: (permission: SessionPermission) => boolean): DefinedSettings {
  const grant = (name: SessionPermission): SessionGrant => ({
    value: isAllowed(name) ? "allow" : "deny",
    isAsked: false,
  });
  const grants = Object.fromEntries(sessionPermissions.map((name) => [name, grant(name)]));
  const choice = { kind: "custom", rules: { grants, prompting: null } } as const;
  return { attendedSessionPolicy: choice, unattendedSessionPolicy: choice };
}
