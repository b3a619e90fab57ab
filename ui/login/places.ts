/** The pages of /login: where they are, what they are called and what one needs to see them. */
import type { Permission } from "../../protocol/permissions.ts";

export interface Place {
  readonly path: string;
  readonly title: string;
  /** The heading of the rail above it; "" for none. */
  readonly group: string;
  /** Any of them; none: everyone who is signed in. */
  readonly permissions: readonly Permission[];
}

/** In the order of the rail. */
export const places = {
  status: { path: "/login", title: "Status", group: "", permissions: ["settings.view", "announcements.make"] },
  account: { path: "/login/account", title: "My account", group: "", permissions: [] },
  jumpClients: {
    path: "/login/jump-clients",
    title: "Jump Clients",
    group: "Jump",
    permissions: ["jump-clients.manage", "installers.manage"],
  },
  jumpGroups: { path: "/login/jump-groups", title: "Jump Groups", group: "Jump", permissions: ["jump-groups.manage"] },
  jumpPolicies: {
    path: "/login/jump-policies",
    title: "Jump Policies",
    group: "Jump",
    permissions: ["jump-policies.manage"],
  },
  jumpItemRoles: {
    path: "/login/jump-item-roles",
    title: "Jump Item Roles",
    group: "Jump",
    permissions: ["jump-item-roles.manage"],
  },
  users: { path: "/login/users", title: "Users", group: "Users and security", permissions: ["users.view"] },
  teams: { path: "/login/teams", title: "Teams", group: "Users and security", permissions: ["teams.manage"] },
  groupPolicies: {
    path: "/login/group-policies",
    title: "Group Policies",
    group: "Users and security",
    permissions: ["group-policies.view"],
  },
  sessionPolicies: {
    path: "/login/session-policies",
    title: "Session Policies",
    group: "Users and security",
    permissions: ["session-policies.view"],
  },
  providers: {
    path: "/login/security-providers",
    title: "Security providers",
    group: "Users and security",
    permissions: ["providers.view"],
  },
  security: { path: "/login/security", title: "Security", group: "Users and security", permissions: ["security.view"] },
  signIns: { path: "/login/sign-ins", title: "Sign-ins", group: "Users and security", permissions: ["sign-ins.view"] },
  apiAccounts: {
    path: "/login/api-accounts",
    title: "API accounts",
    group: "Users and security",
    permissions: ["api-accounts.manage"],
  },
  settings: { path: "/login/settings", title: "Settings", group: "Management", permissions: ["settings.view"] },
  email: { path: "/login/email", title: "E-mail", group: "Management", permissions: ["security.view"] },
  certificate: {
    path: "/login/certificate",
    title: "Certificate",
    group: "Management",
    permissions: ["settings.view"],
  },
  auditLog: { path: "/login/audit-log", title: "Audit log", group: "Reports", permissions: ["audit.view"] },
} as const satisfies Record<string, Place>;

export type PlaceName = keyof typeof places;

/** A page below one of the places. */
export const NEW_INSTALLER_PATH = "/login/jump-clients/new-installer";

/** The installer a new one begins as a copy of, by the address of the page that makes it; null: of none. */
export function copiedInstallerIn(path: string): string | null {
  return path.startsWith(`${NEW_INSTALLER_PATH}/`) ? path.slice(NEW_INSTALLER_PATH.length + 1) : null;
}

/** Whether an address is that of the page that makes an installer. */
export const isNewInstaller = (path: string): boolean =>
  path === NEW_INSTALLER_PATH || copiedInstallerIn(path) !== null;

/** The place an address belongs to, or null for an address that is no page. */
export function placeAt(path: string): PlaceName | null {
  const plain = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  if (isNewInstaller(plain)) return "jumpClients";
  const found = Object.entries(places).find(([, place]) => place.path === plain);
  if (found !== undefined) return found[0] as PlaceName;
  return placesWithObjects.find((name) => objectIn(name, plain) !== null) ?? null;
}

/** Places whose things have an address of their own: `/login/group-policies/<id>`. */
const placesWithObjects: readonly PlaceName[] = [
  "users",
  "teams",
  "groupPolicies",
  "sessionPolicies",
  "jumpPolicies",
  "jumpGroups",
  "providers",
];

/** The id of the thing an address of a place is about; null for the place itself. */
export function objectIn(name: PlaceName, path: string): string | null {
  const id = /^\/([\w-]{1,64})\/?$/u.exec(
    path.startsWith(places[name].path) ? path.slice(places[name].path.length) : "",
  )?.[1];
  return id ?? null;
}

/** The address of one thing of a place. */
export function objectPath(name: PlaceName, id: string): string {
  return `${places[name].path}/${id}`;
}

/** Whether one may see a place. */
export function isOpenTo(name: PlaceName, can: (permission: Permission) => boolean): boolean {
  const needed: readonly Permission[] = places[name].permissions;
  return needed.length === 0 || needed.some((permission) => can(permission));
}

/** The places one may see, in order. */
export function placesFor(can: (permission: Permission) => boolean): readonly PlaceName[] {
  return (Object.keys(places) as PlaceName[]).filter((name) => isOpenTo(name, can));
}
