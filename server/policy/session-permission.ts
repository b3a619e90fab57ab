/** A session permission falls through layers of session policies; the first that defines it decides. */
import type { Because, Decision, SessionPolicyStep } from "../../protocol/decision.ts";
import { type SessionPermission, wordsOfPermission } from "../../protocol/permissions.ts";
import type { Prompting, SessionRules } from "../../protocol/session-policy.ts";
import type { AccountRights, DecisionJumpItem, Policies, SessionLayer, SessionPolicy } from "./policies.ts";

/** What is asked, and by whom. */
export interface SessionQuestion {
  readonly permission: SessionPermission;
  readonly rights: AccountRights;
  readonly jumpItem: DecisionJumpItem;
  readonly policies: Policies;
}

/** Called with each layer from the strongest; true: go no further. `chosen` is null where the layer has rules of its own. */
type Visit = (
  rules: SessionRules,
  chosen: SessionPolicy | null,
  layer: SessionLayer | "jump-item" | "global",
) => boolean;

/** What the layers say of one permission; whatever it needs beside is decide()'s. */
export function decideByLayers(question: SessionQuestion): Decision {
  const { permission, jumpItem } = question;
  const path: SessionPolicyStep[] = [];
  walk(question, (rules, chosen, layer) => {
    const grant = rules.grants[permission];
    path.push(stepOf(layer, chosen, grant?.value ?? "not-defined", grant?.isAsked ?? false));
    return grant !== undefined;
  });
  const last = path.at(-1)!;
  if (last.value === "not-defined") throw new Error(`the global session policy does not define ${permission}`);
  const because = { rule: "session-policy", permission, path } as const;
  const isAsked = last.value === "allow" && last.isAsked && wordsOfPermission(permission).isAskable === true;
  if (isAsked) return asked(because, promptingOf(question), jumpItem.presence === "absent");
  return { outcome: last.value, because: { ...because, ...unasked } };
}

const unasked = { whenUnanswered: null, timeoutSeconds: null, isUnanswerable: false } as const;

/** As decideByLayers(), without the path that led there, which is most of the work where many policies reach an account. */
export function isDeniedByLayers(question: SessionQuestion): boolean {
  const { permission, jumpItem } = question;
  let [isDenied, isAsked] = [true, false];
  walk(question, ({ grants }) => {
    const grant = grants[permission];
    if (grant === undefined) return false;
    isDenied = grant.value === "deny";
    isAsked = grant.isAsked;
    return true;
  });
  if (isDenied || !isAsked || jumpItem.presence === "present") return isDenied;
  return wordsOfPermission(permission).isAskable === true && promptingOf(question).whenUnanswered === "deny";
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

/** Prompting falls through the same layers by itself. */
function promptingOf(question: SessionQuestion): Prompting {
  let found: Prompting = question.policies.globalRules.prompting;
  walk(question, ({ prompting }) => {
    found = prompting ?? found;
    return prompting !== null;
  });
  return found;
}

/** The Jump Item's own policy, the account's layers, the global one. A public portal has none yet. */
function walk({ rights, jumpItem, policies }: SessionQuestion, visit: Visit): void {
  const { sessionPolicies, globalRules } = policies;
  const ofItem = jumpItem.presence === "present" ? jumpItem.presentPolicy : jumpItem.absentPolicy;
  const own = ofItem === null ? undefined : sessionPolicies.get(ofItem);
  if (own !== undefined && visit(own.rules, own, "jump-item")) return;
  for (const layer of rights.sessionLayers[jumpItem.presence]) {
    const { choice } = layer;
    const chosen = choice.kind === "policy" ? sessionPolicies.get(choice.id) : null;
    if (chosen === undefined) continue;
    if (visit(choice.kind === "custom" ? choice.rules : chosen!.rules, chosen, layer)) return;
  }
  visit(globalRules, null, "global");
}

function stepOf(
  layer: SessionLayer | "jump-item" | "global",
  chosen: SessionPolicy | null,
  value: SessionPolicyStep["value"],
  isAsked: boolean,
): SessionPolicyStep {
  const sessionPolicy = chosen === null ? null : { id: chosen.id, name: chosen.name };
  if (typeof layer === "string") return { layer, sessionPolicy, groupPolicy: null, value, isAsked };
  const groupPolicy = layer.source.kind === "user" ? null : layer.source.policy;
  return { layer: groupPolicy === null ? "user" : "group-policy", sessionPolicy, groupPolicy, value, isAsked };
}
