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
  users: { path: "/login/users", title: "Users", group: "Users and security", permission: "users.view" },
  settings: { path: "/login/settings", title: "Settings", group: "Management", permission: "settings.view" },
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
  return found === undefined ? null : (found[0] as PlaceName);
}

/** The places one may see, in order. */
export function placesFor(can: (permission: Permission) => boolean): readonly PlaceName[] {
  const names = Object.keys(places) as PlaceName[];
  return names.filter((name) => {
    const { permission } = places[name];
    return permission === null || can(permission);
  });
}
