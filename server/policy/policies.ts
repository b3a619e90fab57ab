/**
 * What decide() looks things up in: one immutable picture of every policy of the site, and one of each account. The
 * policy book (server/policy-book/) makes both from the tables.
 */
import type {
  AccountSettings,
  DefinedSettings,
  PolicySettings,
  SessionPolicyChoice,
} from "../../protocol/account-settings.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import type { TeamRole } from "../../protocol/api/users.ts";
import type { JumpItemRoleSource, SettingSource } from "../../protocol/decision.ts";
import type { JumpItemPermission, SessionPermission } from "../../protocol/permissions.ts";
import type { Presence, Prompting, SessionGrant, SessionRules } from "../../protocol/session-policy.ts";
import type { ScheduleWatch } from "./schedule.ts";

export interface JumpItemRole {
  readonly id: string;
  readonly name: string;
  readonly permissions: ReadonlySet<JumpItemPermission>;
}

export interface SessionPolicy {
  readonly id: string;
  readonly name: string;
  readonly rules: SessionRules;
}

export interface JumpPolicy {
  readonly id: string;
  readonly name: string;
  readonly rules: JumpRules;
}

export interface JumpGroup {
  readonly id: string;
  readonly name: string;
  /** Whose personal list it is; null: a Jump Group for many. */
  readonly owner: string | null;
  /** Which help its Jump Items take (FLEX-20). */
  readonly assistance: "both" | "attended" | "unattended";
  /** null: as the site says (FLEX-34). */
  readonly hasEndpointTools: boolean | null;
}

export interface GroupPolicy {
  readonly id: string;
  readonly name: string;
  readonly settings: PolicySettings;
  /** Jump Groups its members are put into; null: with the account's default role. */
  readonly jumpGroups: ReadonlyMap<string, string | null>;
  /** Jump Groups its members are taken out of. */
  readonly removedJumpGroups: ReadonlySet<string>;
  /** No lower policy overrides what this one says of a Jump Group. */
  readonly areJumpGroupsFinal: boolean;
  readonly teams: ReadonlyMap<string, TeamRole>;
}

/** Everything that holds for the whole site, by id. */
export interface Policies {
  /** Grows by one with each change; what was compiled for an older one is compiled anew. */
  readonly version: number;
  readonly isConsoleEnabled: boolean;
  /** A customer is present only while the screen is neither locked nor saved; off: whenever somebody is signed in (JUMP-32). */
  readonly usesScreenState: boolean;
  readonly allowsSimultaneousJumps: boolean;
  readonly hasEndpointTools: boolean;
  /** From the top. */
  readonly groupPolicies: readonly GroupPolicy[];
  readonly sessionPolicies: ReadonlyMap<string, SessionPolicy>;
  readonly jumpItemRoles: ReadonlyMap<string, JumpItemRole>;
  readonly jumpPolicies: ReadonlyMap<string, JumpPolicy>;
  readonly jumpGroups: ReadonlyMap<string, JumpGroup>;
  /** The last layer: defines every permission. */
  readonly globalRules: {
    readonly grants: Readonly<Record<SessionPermission, SessionGrant>>;
    readonly prompting: Prompting;
  };
}

/** What the tables say of one account, before it is compiled. */
export interface AccountRecord {
  readonly id: string;
  readonly name: string;
  readonly own: DefinedSettings;
  /** Ids of the group policies that reach it, by name or by a provider's group, in any order. */
  readonly groupPolicies: ReadonlySet<string>;
  /** Jump Groups it was put into on the Jump Group's page; null: with its default role. */
  readonly jumpGroups: ReadonlyMap<string, string | null>;
  /** Teams it leads or manages. */
  readonly ledTeams: ReadonlySet<string>;
  /** Members of the teams it leads or manages; of those it manages the leads, too. */
  readonly ledUsers: ReadonlySet<string>;
}

/** A setting with where it comes from. */
export interface Effective<T> {
  readonly value: T;
  readonly source: SettingSource;
}

/** A choice of session policy by one layer of the account, the strongest first in a list of them. */
export interface SessionLayer {
  readonly source: Exclude<SettingSource, { kind: "default" }>;
  readonly choice: SessionPolicyChoice;
}

/** One account, compiled for looking up: made once a version of the policies, by compileRights(). */
export interface AccountRights {
  /** Of the policies it was compiled for. */
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly settings: { readonly [N in keyof AccountSettings]: Effective<AccountSettings[N]> };
  /** Jump Groups it belongs to with the role there; null: its default role. */
  readonly jumpGroups: ReadonlyMap<string, { readonly role: string | null; readonly source: JumpItemRoleSource }>;
  /** Jump Groups a group policy takes it out of, with the policy; one it is put into on the Jump Group's page is none. */
  readonly removedFrom: ReadonlyMap<string, { readonly id: string; readonly name: string }>;
  readonly ledTeams: ReadonlySet<string>;
  readonly ledUsers: ReadonlySet<string>;
  readonly sessionLayers: Readonly<Record<Presence, readonly SessionLayer[]>>;
  /** Holds site.administer, wherever it comes from. */
  readonly isAdministrator: boolean;
  /** What its Jump Item Roles let it do with some Jump Item or other; which ones is asked item by item. */
  readonly heldSomewhere: ReadonlySet<JumpItemPermission>;
  /** null: it may sign in at any time. */
  readonly signInSchedule: ScheduleWatch | null;
}

/** A Jump Item as far as decisions go. */
export interface DecisionJumpItem {
  readonly id: string;
  /** null: in none; a Jump Item that is only thought of, as the simulator's without one. */
  readonly jumpGroup: string | null;
  readonly jumpPolicy: string | null;
  readonly presentPolicy: string | null;
  readonly absentPolicy: string | null;
  /** Now, or as it was when the session began (JUMP-33). */
  readonly presence: Presence;
}
