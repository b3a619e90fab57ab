import { type Permission, permissionNames, permissions } from "../../protocol/permissions.ts";
import { decide, type DecisionActor } from "./decide.ts";
import type { DecisionJumpItem, Policies } from "./policies.ts";

/** Every permission the actor holds concerning one Jump Item, those of the account alone with them. */
export function permissionsOn(
  actor: DecisionActor,
  jumpItem: DecisionJumpItem,
  policies: Policies,
  now: Date,
): Permission[] {
  return permissionNames.filter(
    (permission) => decide({ actor, jumpItem, permission, policies, now }).outcome === "allow",
  );
}

/**
 * Every permission of the account, and those it may hold with some Jump Item or other, for pages that show only what works
 * somewhere. What is allowed in a session stands in the session itself.
 */
export function permissionsOf(actor: DecisionActor, policies: Policies, now: Date): Permission[] {
  return permissionNames.filter((permission) => {
    const { outcome, because } = decide({ actor, jumpItem: null, permission, policies, now });
    return outcome === "allow" || (because.rule === "no-jump-item" && mayBeHeldSomewhere(actor, permission));
  });
}

/**
 * Whether a permission that was asked about no Jump Item may be held with one: by a role for a Jump Item's, and what is
 * allowed in a session is known only there.
 */
export const mayBeHeldSomewhere = ({ rights }: DecisionActor, permission: Permission): boolean =>
  permissions[permission].scope === "session" || (rights.heldSomewhere as ReadonlySet<Permission>).has(permission);
