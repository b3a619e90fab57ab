import { type Permission, permissionNames, permissions } from "../../protocol/permissions.ts";
import { decide, type DecisionActor } from "./decide.ts";
import type { Policies } from "./policies.ts";

/** A Jump Item that has no policies of its own and is in no Jump Group. */
const someJumpItem = { id: "", jumpGroup: null, jumpPolicy: null, presentPolicy: null, absentPolicy: null } as const;

/**
 * Every permission of the account, those it holds with some Jump Item or other, and those its sessions have where neither
 * the Jump Item's policies nor its Jump Group say otherwise: for pages that show only what works somewhere.
 */
export function permissionsOf(actor: DecisionActor, policies: Policies, now: Date): Permission[] {
  return permissionNames.filter((permission) => {
    if (permissions[permission].scope === "session") return isHeldInSessions(actor, permission, policies, now);
    const { outcome, because } = decide({ actor, jumpItem: null, permission, policies, now });
    return outcome === "allow" || (because.rule === "no-jump-item" && mayBeHeldSomewhere(actor, permission));
  });
}

function isHeldInSessions(actor: DecisionActor, permission: Permission, policies: Policies, now: Date): boolean {
  const own = { ...actor, isSessionOwner: true };
  return (["present", "absent"] as const).some((presence) => {
    const jumpItem = { ...someJumpItem, presence };
    return decide({ actor: own, jumpItem, permission, policies, now }).outcome !== "deny";
  });
}

/**
 * Whether a permission that was asked about no Jump Item may be held with one: by a role for a Jump Item's, and what is
 * allowed in a session is known only there.
 */
export const mayBeHeldSomewhere = ({ rights }: DecisionActor, permission: Permission): boolean =>
  permissions[permission].scope === "session" || (rights.heldSomewhere as ReadonlySet<Permission>).has(permission);
