import { type Permission, permissionNames } from "../../protocol/permissions.ts";
import { decide, type DecisionActor, type DecisionJumpItem, type Policies } from "./decide.ts";

/** Every permission the actor holds (concerning one Jump Item, where given), for pages that show only what works. */
export function permissionsOf(
  actor: DecisionActor,
  policies: Policies,
  now: Date,
  jumpItem: DecisionJumpItem | null = null,
): Permission[] {
  return permissionNames.filter(
    (permission) => decide({ actor, jumpItem, permission, policies, now }).outcome === "allow",
  );
}
