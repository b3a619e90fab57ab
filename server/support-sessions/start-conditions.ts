/** What a Jump Policy wants before a session starts, asked of everything that knows: who, when, by which ticket, agreed by whom. */
import type { StartNeeds } from "../../protocol/api/jump-items.ts";
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import { type Actor, deciding } from "../actor.ts";
import type { Clock } from "../clock.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { type AskedAccess, forcedEnd, jumpPolicyOf, missingForStart, startNeeds } from "../policy/jump-start.ts";
import type { DecisionJumpItem } from "../policy/policies.ts";
import { isOpen } from "../policy/schedule.ts";
import type { LiveSession } from "./live-session.ts";
import { participantOf } from "./session.ts";

/** What came with the wish to start. */
export interface StartGiven {
  readonly ticket?: string;
  readonly overrideSchedule?: boolean;
  readonly endUserCode?: string;
}

/** What is kept of a start that may be. */
export interface StartGrant {
  readonly ticket: string;
  /** The Jump Policy's schedule is closed, and the actor goes past it knowingly. */
  readonly isPastSchedule: boolean;
  /** When the Jump Policy ends the session; null: never. */
  readonly endsAt: Date | null;
}

export interface StartConditionsNeeds {
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  runningWith(jumpItem: string): LiveSession | undefined;
  newestRequest(actor: Actor, jumpItem: string): Promise<AskedAccess | null>;
  approversOf(jumpItem: DecisionJumpItem): Promise<string>;
  /** @throws {AppError} start.ticket_refused */
  requireTicket(ticket: string, actor: Actor, jumpItem: { readonly id: string; readonly name: string }): Promise<void>;
  /** Checks the end user's code and uses it up. @throws {AppError} start.end_user_proof_required */
  requireEndUserCode(jumpItem: string, code: string): Promise<void>;
  /** Writes down that a start was refused. */
  recordRefusal(actor: Actor, jumpItem: string, code: ErrorCode): Promise<void>;
}

/** Nothing is asked of whoever takes part already. */
const nothing: StartNeeds = {
  ...{ schedule: null, needsTicket: false, needsEndUserCode: false, approval: null, inSessionWith: null },
};

export class StartConditions {
  constructor(private readonly needs: StartConditionsNeeds) {}

  /** What a start, or a join, by this actor needs now. Ticket and end user were asked before the session that runs. */
  async needsOf(actor: Actor, jumpItem: DecisionJumpItem): Promise<StartNeeds> {
    const { clock, policyBook } = this.needs;
    const session = this.needs.runningWith(jumpItem.id);
    if (session?.has(actor.id) === true) return nothing;
    const needs = startNeeds({
      actor: deciding(actor),
      jumpItem,
      policies: policyBook.current(),
      now: clock.now(),
      asked: await this.needs.newestRequest(actor, jumpItem.id),
      approvers: await this.needs.approversOf(jumpItem),
      running: session === undefined ? null : { owner: ownerOf(session), admitsActor: false },
    });
    return session === undefined ? needs : { ...needs, needsTicket: false, needsEndUserCode: false };
  }

  /** Decides a start by what came with it. @throws {AppError} the first thing that is missing, a code of start.* */
  async require(actor: Actor, jumpItem: DecisionJumpItem, name: string, given: StartGiven): Promise<StartGrant> {
    try {
      return await this.#require(actor, jumpItem, name, given);
    } catch (error) {
      if (error instanceof AppError) await this.needs.recordRefusal(actor, jumpItem.id, error.code);
      throw error;
    }
  }

  /**
   * Whether the session that runs admits one more (POLICY-11); asked again when somebody was faster.
   * @throws {AppError} start.already_in_session
   */
  requireShared(actor: Actor, session: LiveSession): void {
    const policies = this.needs.policyBook.current();
    const isShared =
      jumpPolicyOf(session.jumpItem, policies)?.rules.allowsSimultaneousJumps ?? policies.allowsSimultaneousJumps;
    if (!isShared && !session.has(actor.id)) throw alreadyInSession(ownerOf(session), session.facts.name);
  }

  /**
   * When a session that runs is ended by its Jump Policy as it stands now. A schedule that is closed already lets the
   * session go on to where it would have ended: somebody who may went past it, or it was changed under them. An end that
   * has come stays, though the schedule be open again: the server may have been away for days.
   */
  endOf(session: LiveSession): Date | null {
    const { policyBook, clock } = this.needs;
    if (session.endsAt !== null && session.endsAt <= clock.now()) return session.endsAt;
    const policy = jumpPolicyOf(session.jumpItem, policyBook.current());
    const end = forcedEnd(policy, clock.now());
    if (end === null || policy?.rules.schedule == null) return null;
    return isOpen(policy.rules.schedule, clock.now()) ? end : (session.endsAt ?? end);
  }

  async #require(actor: Actor, jumpItem: DecisionJumpItem, name: string, given: StartGiven): Promise<StartGrant> {
    const { clock, policyBook } = this.needs;
    const needs = await this.needsOf(actor, jumpItem);
    const ticket = (given.ticket ?? "").trim();
    const overridesSchedule = given.overrideSchedule === true;
    const code = given.endUserCode ?? "";
    const missing = missingForStart(needs, { overridesSchedule, ticket, isEndUserProved: code !== "" });
    if (missing !== null) throw refusalOf(missing, needs, name);
    if (needs.needsTicket) await this.needs.requireTicket(ticket, actor, { id: jumpItem.id, name });
    // The code comes last, for it works once: nothing that is refused afterwards uses it up.
    if (needs.needsEndUserCode) await this.needs.requireEndUserCode(jumpItem.id, code);
    return {
      ticket: needs.needsTicket ? ticket : "",
      isPastSchedule: needs.schedule !== null,
      endsAt: forcedEnd(jumpPolicyOf(jumpItem, policyBook.current()), clock.now()),
    };
  }
}

const ownerOf = ({ model }: LiveSession): string => participantOf(model, model.owner)?.displayName ?? "somebody";

const alreadyInSession = (owner: string, name: string) =>
  new AppError(
    "start.already_in_session",
    `${owner} is in a session with ${name}, and nobody else may join it. Ask them, or wait until it ends.`,
  );

function refusalOf(code: ErrorCode, needs: StartNeeds, name: string): AppError {
  if (code === "start.already_in_session") return alreadyInSession(needs.inSessionWith ?? "", name);
  return new AppError(code, textOf(code, needs, name));
}

function textOf(code: ErrorCode, { schedule, approval }: StartNeeds, name: string): string {
  if (code === "start.schedule_closed") {
    const next = schedule?.opensAt == null ? "It does not open again." : `It opens at ${schedule.opensAt}.`;
    return `The schedule of the Jump Policy ${schedule?.policy} does not permit a session with ${name} now. ${next}`;
  }
  if (code === "start.approval_required") {
    if (approval?.state === "waiting") return `Your request for access to ${name} waits for ${approval.by}.`;
    if (approval?.state === "denied") return `Your request for access to ${name} was denied.`;
    return `A session with ${name} needs somebody's approval. Ask for access; ${approval?.by} can agree.`;
  }
  if (code === "start.ticket_required") return `A session with ${name} needs the id of a ticket.`;
  return `A session with ${name} needs the code from its user's authenticator app.`;
}
