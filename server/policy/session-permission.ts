/** A session permission falls through layers of session policies; the first that defines it decides. */
import type { SessionPolicyChoice } from "../../protocol/account-settings.ts";
import type { Because, Decision, SessionPolicyStep } from "../../protocol/decision.ts";
import { type SessionPermission, wordsOfPermission } from "../../protocol/permissions.ts";
import type { Prompting, SessionRules } from "../../protocol/session-policy.ts";
import type { AccountRights, DecisionJumpItem, Policies, SessionPolicy } from "./policies.ts";

type Step = Pick<SessionPolicyStep, "layer" | "sessionPolicy" | "groupPolicy">;

/** One layer with what it says. */
interface Layer {
  readonly step: Step;
  readonly rules: SessionRules;
}

/** What the layers say of one permission; whatever it needs beside is decide()'s. */
export function decideByLayers(
  permission: SessionPermission,
  rights: AccountRights,
  jumpItem: DecisionJumpItem,
  policies: Policies,
): Decision {
  const layers = layersOf(rights, jumpItem, policies);
  const path: SessionPolicyStep[] = [];
  for (const { step, rules } of layers) {
    const grant = rules.grants[permission];
    path.push({ ...step, value: grant?.value ?? "not-defined", isAsked: grant?.isAsked ?? false });
    if (grant === undefined) continue;
    const because = { rule: "session-policy", permission, path } as const;
    const isAsked = grant.value === "allow" && grant.isAsked && wordsOfPermission(permission).isAskable === true;
    if (isAsked) return asked(because, promptingOf(layers, policies), jumpItem.presence === "absent");
    const plain = { whenUnanswered: null, timeoutSeconds: null, isUnanswerable: false } as const;
    return { outcome: grant.value, because: { ...because, ...plain } };
  }
  throw new Error(`the global session policy does not define ${permission}`);
}

type OfLayers = Extract<Because, { rule: "session-policy" }>;

/** With nobody at the computer there is nobody to ask: the answer is what silence means (JUMP-13). */
function asked(
  because: Pick<OfLayers, "rule" | "permission" | "path">,
  prompting: Prompting,
  isUnanswerable: boolean,
): Decision {
  const outcome = isUnanswerable ? prompting.whenUnanswered : "ask";
  return { outcome, because: { ...because, ...prompting, isUnanswerable } };
}

function promptingOf(layers: readonly Layer[], { globalRules }: Policies): Prompting {
  return layers.find(({ rules }) => rules.prompting !== null)?.rules.prompting ?? globalRules.prompting;
}

/** The Jump Item's own policy, the account's layers, the global one. A public portal has none yet. */
function layersOf(rights: AccountRights, jumpItem: DecisionJumpItem, policies: Policies): Layer[] {
  const layers: Layer[] = [];
  const ofItem = jumpItem.presence === "present" ? jumpItem.presentPolicy : jumpItem.absentPolicy;
  const own = ofItem === null ? undefined : policies.sessionPolicies.get(ofItem);
  if (own !== undefined) layers.push(layer({ layer: "jump-item", groupPolicy: null }, own));
  for (const { source, choice } of rights.sessionLayers[jumpItem.presence]) {
    const place =
      source.kind === "user"
        ? ({ layer: "user", groupPolicy: null } as const)
        : ({ layer: "group-policy", groupPolicy: source.policy } as const);
    const chosen = chosenPolicy(choice, policies);
    if (chosen !== undefined) layers.push(layer(place, chosen));
  }
  return [...layers, layer({ layer: "global", groupPolicy: null }, { rules: policies.globalRules })];
}

type Chosen = Pick<SessionPolicy, "rules"> & Partial<SessionPolicy>;

const chosenPolicy = (choice: SessionPolicyChoice, { sessionPolicies }: Policies): Chosen | undefined =>
  choice.kind === "custom" ? choice : sessionPolicies.get(choice.id);

function layer(place: Pick<Step, "layer" | "groupPolicy">, { id, name, rules }: Chosen): Layer {
  return { step: { ...place, sessionPolicy: id === undefined ? null : { id, name: name ?? "" } }, rules };
}
