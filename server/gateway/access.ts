import { type Access as AccessWord, type Permission, permissionNames } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import { decide, type DecisionJumpItem, type Policies } from "../policy/decide.ts";

/**
 * The gateway's question to decide(): the second and last place where it is asked. The policies are read once a second
 * and at each sign-on; whatever takes a right away also closes the sockets of whoever had it.
 */
export class GatewayAccess {
  #policies: Policies = { isConsoleEnabled: false };

  constructor(
    private readonly readPolicies: () => Promise<Policies>,
    private readonly now: () => Date,
  ) {}

  async refresh(): Promise<void> {
    this.#policies = await this.readPolicies();
  }

  allows(actor: Actor | null, permission: AccessWord, jumpItem: DecisionJumpItem | null): boolean {
    return decide({ actor, permission, jumpItem, policies: this.#policies, now: this.now() }).outcome === "allow";
  }

  /** Every permission this actor holds on the Jump Item. */
  permissionsOn(actor: Actor, jumpItem: DecisionJumpItem): Permission[] {
    return permissionNames.filter((permission) => this.allows(actor, permission, jumpItem));
  }
}
