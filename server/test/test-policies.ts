/** Policies, accounts and Jump Items as decide() sees them, made by hand: each says only what its test is about. */
import type { JumpRules } from "../../protocol/api/policies.ts";
import { jumpItemPermissions, type JumpItemPermission, type Permission } from "../../protocol/permissions.ts";
import type { SessionGrants } from "../../protocol/session-policy.ts";
import { ADMINISTRATOR_ROLE } from "../policy/built-in-roles.ts";
import { compileRights } from "../policy/compile-rights.ts";
import { decide, type DecisionActor } from "../policy/decide.ts";
import { defaultGlobalRules } from "../policy/default-rules.ts";
import type {
  AccountRecord,
  DecisionJumpItem,
  GroupPolicy,
  JumpGroup,
  JumpItemRole,
  JumpPolicy,
  Policies,
  SessionPolicy,
} from "../policy/policies.ts";

export const NOON = new Date("2026-11-18T12:00:00Z");

const byId = <T extends { readonly id: string }>(things: readonly T[] = []): Map<string, T> =>
  new Map(things.map((thing) => [thing.id, thing]));

export interface PolicyParts extends Partial<
  Omit<Policies, "sessionPolicies" | "jumpItemRoles" | "jumpPolicies" | "jumpGroups">
> {
  readonly sessionPolicies?: readonly SessionPolicy[];
  readonly jumpItemRoles?: readonly JumpItemRole[];
  readonly jumpPolicies?: readonly JumpPolicy[];
  readonly jumpGroups?: readonly JumpGroup[];
}

/** A site with the Administrator role, the Jump Group "desks", and what is given. */
export function policiesOf(parts: PolicyParts = {}): Policies {
  const { sessionPolicies, jumpItemRoles = [], jumpPolicies, jumpGroups = [], ...rest } = parts;
  return {
    version: 1,
    isConsoleEnabled: true,
    usesScreenState: true,
    allowsSimultaneousJumps: true,
    hasEndpointTools: false,
    groupPolicies: [],
    globalRules: defaultGlobalRules,
    ...rest,
    sessionPolicies: byId(sessionPolicies),
    jumpItemRoles: byId([role(ADMINISTRATOR_ROLE, ...jumpItemPermissions), ...jumpItemRoles]),
    jumpPolicies: byId(jumpPolicies),
    jumpGroups: byId([jumpGroup("desks"), ...jumpGroups]),
  };
}

export const role = (id: string, ...permissions: JumpItemPermission[]): JumpItemRole => ({
  id,
  name: `Role ${id}`,
  permissions: new Set(permissions),
});

export const jumpGroup = (id: string, change: Partial<JumpGroup> = {}): JumpGroup => ({
  ...{ id, name: `Group ${id}`, owner: null, assistance: "both", hasEndpointTools: null },
  ...change,
});

export const groupPolicy = (id: string, change: Partial<GroupPolicy> = {}): GroupPolicy => ({
  ...{ id, name: `Policy ${id}`, settings: {}, jumpGroups: new Map(), teams: new Map() },
  ...{ removedJumpGroups: new Set<string>(), areJumpGroupsFinal: false },
  ...change,
});

export const sessionPolicy = (
  id: string,
  grants: SessionGrants,
  prompting: SessionPolicy["rules"]["prompting"] = null,
): SessionPolicy => ({
  id,
  name: `Session policy ${id}`,
  rules: { grants, prompting },
});

export const ALLOW = { value: "allow", isAsked: false } as const;
export const ASK = { value: "allow", isAsked: true } as const;
export const DENY = { value: "deny", isAsked: false } as const;

/** An account with the console, reached by every group policy it names. */
export function accountOf(change: Partial<AccountRecord> = {}): AccountRecord {
  const { own, ...rest } = change;
  return {
    ...{ id: "rosa", name: "Rosa", groupPolicies: new Set(), jumpGroups: new Map() },
    ...{ ledTeams: new Set<string>(), ledUsers: new Set<string>() },
    ...rest,
    own: { "console.use": true, ...own },
  };
}

/** The account's owner of a session, deciding. */
export function actorOf(policies: Policies, change: Partial<AccountRecord> = {}): DecisionActor {
  const rights = compileRights(accountOf(change), policies);
  return { rights, scopes: null, kind: "representative", isSessionOwner: true };
}

export const jumpItem = (change: Partial<DecisionJumpItem> = {}): DecisionJumpItem => ({
  ...{ id: "pc", jumpGroup: "desks", jumpPolicy: null, presentPolicy: null, absentPolicy: null, presence: "absent" },
  ...change,
});

export const ruleless: JumpRules = {
  schedule: null,
  isEndForced: false,
  requiresTicket: false,
  requiresEndUserProof: false,
  allowsSimultaneousJumps: null,
  approval: null,
};

/** The decision about the Jump Item "pc" at noon. */
export function decideOn(
  policies: Policies,
  actor: DecisionActor | null,
  permission: Permission,
  item: DecisionJumpItem | null = jumpItem(),
) {
  return decide({ actor, permission, jumpItem: item, policies, now: NOON });
}
