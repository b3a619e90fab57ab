/** The session policy simulator: the very decide() that runs, asked for every permission (SPOL-08). */
import type { Simulation } from "../../protocol/api/policies.ts";
import { permissionNames } from "../../protocol/permissions.ts";
import type { Presence, SessionRules } from "../../protocol/session-policy.ts";
import { decide } from "./decide.ts";
import type { AccountRights, DecisionJumpItem, Policies } from "./policies.ts";

export interface SimulatedStart {
  readonly rights: AccountRights;
  /** null: some Jump Item without policies of its own, in no Jump Group. */
  readonly jumpItem: Omit<DecisionJumpItem, "presence"> | null;
  readonly presence: Presence;
  readonly policies: Policies;
  /** Rules as they stand unsaved, in place of a session policy's stored ones; "global": of the last layer. */
  readonly edited: { readonly sessionPolicy: string; readonly rules: SessionRules } | null;
  readonly now: Date;
}

const someJumpItem = { id: "", jumpGroup: null, jumpPolicy: null, presentPolicy: null, absentPolicy: null };

/** What would be allowed to a representative who starts a session now, and why. */
export function simulate({ rights, jumpItem, presence, policies, edited, now }: SimulatedStart): Simulation {
  const actor = { rights, scopes: null, kind: "representative", isSessionOwner: true } as const;
  const asked = { ...(jumpItem ?? someJumpItem), presence };
  const unsaved = edited === null ? policies : withRules(policies, edited.sessionPolicy, edited.rules);
  return {
    results: permissionNames.map((permission) => ({
      permission,
      ...decide({ actor, jumpItem: asked, permission, policies: unsaved, now }),
    })),
  };
}

/** The same policies with one session policy's rules replaced; one that is not there changes nothing. */
function withRules(policies: Policies, id: string, rules: SessionRules): Policies {
  if (id === "global") {
    const { grants, prompting } = policies.globalRules;
    const globalRules = { grants: { ...grants, ...rules.grants }, prompting: rules.prompting ?? prompting };
    return { ...policies, globalRules };
  }
  const stored = policies.sessionPolicies.get(id);
  if (stored === undefined) return policies;
  return { ...policies, sessionPolicies: new Map(policies.sessionPolicies).set(id, { ...stored, rules }) };
}
