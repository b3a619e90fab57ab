/**
 * What must be so before a session with a Jump Item starts, beside the permission: its Jump Policy's conditions. Pure;
 * the answer is what is missing.
 */
import type { StartNeeds } from "../../protocol/api/jump-items.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { decide, type DecisionActor } from "./decide.ts";
import type { DecisionJumpItem, JumpPolicy, Policies } from "./policies.ts";
import { isOpen, nextClosing, nextOpening } from "./schedule.ts";

/** The newest request for access by this account to this Jump Item. */
export interface AskedAccess {
  readonly id: string;
  readonly state: "waiting" | "approved" | "denied" | "withdrawn";
  readonly validUntil: Date | null;
}

export interface StartQuestion {
  readonly actor: DecisionActor;
  readonly jumpItem: DecisionJumpItem;
  readonly policies: Policies;
  readonly now: Date;
  readonly asked: AskedAccess | null;
  /** Who may agree, in words; shown where somebody must. */
  readonly approvers: string;
  /** The session that runs with the Jump Item: whose, and whether the actor takes part or was invited. */
  readonly running: { readonly owner: string; readonly admitsActor: boolean } | null;
}

/** What a start by this actor needs now. A Jump Item without a Jump Policy needs nothing (POLICY-02). */
export function startNeeds(question: StartQuestion): StartNeeds {
  const { jumpItem, policies, now, running } = question;
  const policy = jumpPolicyOf(jumpItem, policies);
  const isShared = policy?.rules.allowsSimultaneousJumps ?? policies.allowsSimultaneousJumps;
  return {
    schedule: policy === null ? null : closedSchedule(policy, question),
    needsTicket: policy?.rules.requiresTicket === true,
    needsEndUserCode: policy?.rules.requiresEndUserProof === true,
    approval: policy === null || policy.rules.approval === null ? null : missingApproval(question, now),
    inSessionWith: running === null || running.admitsActor || isShared ? null : running.owner,
  };
}

/** The Jump Policy a Jump Item has; null: none. */
export const jumpPolicyOf = ({ jumpPolicy }: DecisionJumpItem, { jumpPolicies }: Policies): JumpPolicy | null =>
  jumpPolicy === null ? null : (jumpPolicies.get(jumpPolicy) ?? null);

/** Outside its schedule nobody starts but who may change Jump Policies, knowingly (JUMP-14, 15, POLICY-06). */
function closedSchedule({ name, rules }: JumpPolicy, { actor, policies, now }: StartQuestion): StartNeeds["schedule"] {
  if (rules.schedule === null || isOpen(rules.schedule, now)) return null;
  const override = decide({ actor, jumpItem: null, permission: "jump-policies.manage", policies, now });
  const opensAt = nextOpening(rules.schedule, now)?.toISOString() ?? null;
  return { policy: name, opensAt, mayOverride: override.outcome === "allow" };
}

function missingApproval({ asked, approvers }: StartQuestion, now: Date): StartNeeds["approval"] {
  const by = approvers;
  if (asked === null || asked.state === "withdrawn") return { state: "none", request: null, by };
  if (asked.state !== "approved") return { state: asked.state, request: asked.id, by };
  const isValid = asked.validUntil !== null && asked.validUntil > now;
  return isValid ? null : { state: "none", request: null, by };
}

/** What came with a start. */
export interface StartGiven {
  readonly overridesSchedule: boolean;
  readonly ticket: string;
  /** The end user's code was checked and is right. */
  readonly isEndUserProved: boolean;
}

/** The first thing that is still missing, as the refusal that says so; null: it may start. */
export function missingForStart(needs: StartNeeds, given: StartGiven): ErrorCode | null {
  if (needs.inSessionWith !== null) return "start.already_in_session";
  if (needs.schedule !== null && !(given.overridesSchedule && needs.schedule.mayOverride))
    return "start.schedule_closed";
  if (needs.approval !== null) return "start.approval_required";
  if (needs.needsTicket && given.ticket.trim() === "") return "start.ticket_required";
  return needs.needsEndUserCode && !given.isEndUserProved ? "start.end_user_proof_required" : null;
}

/**
 * When the Jump Policy ends a session that starts now: at the next closing of its schedule, where it forces the end
 * (POLICY-07); null: never. Without force one may work past the end (POLICY-05).
 */
export function forcedEnd(policy: JumpPolicy | null, now: Date): Date | null {
  if (policy === null || !policy.rules.isEndForced || policy.rules.schedule === null) return null;
  return nextClosing(policy.rules.schedule, now);
}

/** The team whose leads and managers answer requests for a Jump Item; null: none in particular. */
export const answeringTeam = (jumpItem: DecisionJumpItem, policies: Policies): string | null =>
  jumpPolicyOf(jumpItem, policies)?.rules.approval?.team ?? null;

/** Whether this actor may answer a request for access: never their own (NA37). */
export function mayAnswerRequest(
  actor: DecisionActor,
  request: { readonly by: string; readonly jumpItem: DecisionJumpItem },
  policies: Policies,
  now: Date,
): boolean {
  if (request.by === actor.rights.id) return false;
  const team = answeringTeam(request.jumpItem, policies);
  const asksTo = (permission: "console.use" | "access-requests.decide") =>
    decide({ actor, jumpItem: null, permission, policies, now }).outcome === "allow";
  if (team !== null && actor.rights.ledTeams.has(team)) return asksTo("console.use");
  return asksTo("access-requests.decide");
}
