/** The pages of /login: where they are, what they are called and what one needs to see them. */
import type { Permission } from "../../protocol/permissions.ts";

export interface Place {
  readonly path: string;
  readonly title: string;
  /** The heading of the rail above it; "" for none. */
  readonly group: string;
  /** null: everyone who is signed in. */
  readonly permission: Permission | null;
}

/** In the order of the rail. */
export const places = {
  status: { path: "/login", title: "Status", group: "", permission: "settings.view" },
  account: { path: "/login/account", title: "My account", group: "", permission: null },
  jumpClients: { path: "/login/jump-clients", title: "Jump Clients", group: "Jump", permission: "jump-clients.manage" },
  jumpGroups: { path: "/login/jump-groups", title: "Jump Groups", group: "Jump", permission: "jump-groups.manage" },
  jumpPolicies: {
    path: "/login/jump-policies",
    title: "Jump Policies",
    group: "Jump",
    permission: "jump-policies.manage",
  },
  jumpItemRoles: {
    path: "/login/jump-item-roles",
    title: "Jump Item Roles",
    group: "Jump",
    permission: "jump-item-roles.manage",
  },
  users: { path: "/login/users", title: "Users", group: "Users and security", permission: "users.view" },
  teams: { path: "/login/teams", title: "Teams", group: "Users and security", permission: "teams.manage" },
  groupPolicies: {
    path: "/login/group-policies",
    title: "Group Policies",
    group: "Users and security",
    permission: "group-policies.view",
  },
  sessionPolicies: {
    path: "/login/session-policies",
    title: "Session Policies",
    group: "Users and security",
    permission: "session-policies.view",
  },
  providers: {
    path: "/login/security-providers",
    title: "Security providers",
    group: "Users and security",
    permission: "providers.view",
  },
  security: { path: "/login/security", title: "Security", group: "Users and security", permission: "security.view" },
  signIns: { path: "/login/sign-ins", title: "Sign-ins", group: "Users and security", permission: "sign-ins.view" },
  apiAccounts: {
    path: "/login/api-accounts",
    title: "API accounts",
    group: "Users and security",
    permission: "api-accounts.manage",
  },
  settings: { path: "/login/settings", title: "Settings", group: "Management", permission: "settings.view" },
  email: { path: "/login/email", title: "E-mail", group: "Management", permission: "settings.view" },
  certificate: { path: "/login/certificate", title: "Certificate", group: "Management", permission: "settings.view" },
  auditLog: { path: "/login/audit-log", title: "Audit log", group: "Reports", permission: "audit.view" },
} as const satisfies Record<string, Place>;

export type PlaceName = keyof typeof places;

/** A page below one of the places. */
export const NEW_INSTALLER_PATH = "/login/jump-clients/new-installer";

/** The place an address belongs to, or null for an address that is no page. */
export function placeAt(path: string): PlaceName | null {
  const plain = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  if (plain === NEW_INSTALLER_PATH) return "jumpClients";
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

/** The places one may see, in order. */
export function placesFor(can: (permission: Permission) => boolean): readonly PlaceName[] {
  const names = Object.keys(places) as PlaceName[];
  return names.filter((name) => {
    const { permission } = places[name];
    return permission === null || can(permission);
  });
}
