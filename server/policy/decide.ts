/**
 * The one permission decision of the product. Pure: everything it looks at is an argument.
 *
 * Called in exactly two places, the HTTP route hook and the gateway on a control message.
 */
import { type Access, type Permission, permissionNames, type Role } from "../../protocol/permissions.ts";

/** Who asks. `null`: nobody is signed in. */
export interface DecisionActor {
  readonly id: string;
  readonly role: Role;
}

/** What is asked about, where the permission concerns one Jump Item. */
export interface DecisionJumpItem {
  readonly id: string;
  readonly jumpGroup: string;
}

/** What the site has decided; grows into session policies, group policies and Jump Item Roles. */
export interface Policies {
  readonly isConsoleEnabled: boolean;
}

export interface DecisionQuestion {
  readonly actor: DecisionActor | null;
  readonly jumpItem: DecisionJumpItem | null;
  readonly permission: Access;
  readonly policies: Policies;
  readonly now: Date;
}

/** Why a decision fell: which rule, as data that a page puts into words. */
export type Because =
  | { readonly rule: "open-to-anyone" }
  | { readonly rule: "not-signed-in" }
  | { readonly rule: "signed-in" }
  | { readonly rule: "role-allows"; readonly role: Role }
  | { readonly rule: "role-lacks"; readonly role: Role; readonly permission: Permission }
  | { readonly rule: "console-disabled" };

export interface Decision {
  readonly outcome: "allow" | "ask" | "deny";
  readonly because: Because;
}

const consolePermissions: ReadonlySet<Permission> = new Set<Permission>([
  "console.use",
  "jump-items.view",
  "session.start",
  "session.join",
  "session.end",
  "screen.view",
  "screen.control",
  "clipboard.send",
  "clipboard.fetch",
  "shell.use",
  "files.browse",
  "files.download",
  "files.upload",
  "files.change",
  "files.delete",
  "sysinfo.view",
]);

const permissionsOfRole: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  administrator: new Set(permissionNames),
  representative: consolePermissions,
};

const deny = (because: Because): Decision => ({ outcome: "deny", because });
const allow = (because: Because): Decision => ({ outcome: "allow", because });

/** Default deny: what no rule allows is refused. */
export function decide({ actor, permission, policies }: DecisionQuestion): Decision {
  if (permission === "anyone") return allow({ rule: "open-to-anyone" });
  if (actor === null) return deny({ rule: "not-signed-in" });
  if (permission === "signed-in") return allow({ rule: "signed-in" });
  if (consolePermissions.has(permission) && !policies.isConsoleEnabled) return deny({ rule: "console-disabled" });
  if (permissionsOfRole[actor.role].has(permission)) return allow({ rule: "role-allows", role: actor.role });
  return deny({ rule: "role-lacks", role: actor.role, permission });
}
