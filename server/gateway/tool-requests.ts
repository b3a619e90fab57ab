/**
 * Requests to the tools of a support session, whoever asks them: numbered anew for the agent's lane, their channel made,
 * their progress, reply or refusal brought back to the one who asked. One function for all tools.
 */
import type { ErrorCode } from "../../protocol/errors.ts";
import { errorCodes } from "../../protocol/errors.ts";
import type { MessageBody, ToolType } from "../../protocol/messages.ts";
import { tools } from "../../protocol/messages.ts";
import type { ToolSpec } from "../../protocol/messages/message.ts";
import type { ParsedReply } from "../../protocol/parse.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import { controlFrame, toolFrame } from "./control-frame.ts";
import type { LaneEnd } from "./lane-end.ts";
import type { Lanes } from "./lanes.ts";
import type { Channel, ChannelEnd, Relay } from "./relay.ts";

/** An agent that says nothing of a request for so long is taken to have lost it. */
export const TOOL_SILENCE_LIMIT_MS = 120_000;

/** How a request ended. */
export type ToolOutcome =
  | { readonly ok: true; readonly result: Record<string, unknown> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** Who asked: a console or the server itself. */
export interface ToolAsker {
  /** Where the channel's other end is, for a tool that opens one. */
  readonly channelEnd: ChannelEnd | null;
  /** Called once. `channel` is open exactly when the outcome is good and the tool opens one. */
  answered(request: ToolRequest, outcome: ToolOutcome): void;
  progressed(progress: Omit<MessageBody<"tool.progress">, "request">): void;
  /** Whether it could be asked now, by the rights as they are now. */
  mayStill(request: ToolRequest): boolean;
}

export interface ToolRequest {
  readonly type: ToolType;
  readonly params: Record<string, unknown>;
  readonly session: LiveSession;
  readonly channel: Channel | null;
  readonly asker: ToolAsker;
  /** The number on the agent's lane. */
  readonly number: number;
}

interface Pending extends ToolRequest {
  readonly lane: LaneEnd;
  heardMs: number;
}

const knownCodes: ReadonlySet<string> = new Set(errorCodes);

export class ToolRequests {
  readonly #pending = new Map<number, Pending>();
  #lastNumber = 0;

  constructor(
    private readonly relay: Relay,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Hands a request to the agent. A refusal is given back when it cannot even be asked. */
  ask(
    session: LiveSession,
    type: ToolType,
    params: Record<string, unknown>,
    asker: ToolAsker,
  ): ToolRequest | { readonly refusal: Extract<ToolOutcome, { ok: false }> } {
    const spec: ToolSpec = tools[type];
    const lane = this.lanes.get(session.id, spec.lane);
    if (lane === undefined)
      return {
        refusal: failed(
          "agent.offline",
          `${session.facts.name} is not connected at this moment. Wait for it to return.`,
        ),
      };
    const channel =
      spec.opens === null || asker.channelEnd === null
        ? null
        : this.relay.open(spec.opens, session.id, asker.channelEnd, lane);
    const number = this.#nextNumber();
    const request: Pending = { type, params, session, channel, asker, number, lane, heardMs: this.clock.monotonicMs() };
    this.#pending.set(number, request);
    const envelope = { ...params, type, request: number, ...(channel === null ? {} : { channel: channel.id }) };
    if (!lane.send(toolFrame(envelope))) this.#finish(request, failed("channel.lost", lostText(session)));
    return request;
  }

  /** Asks the agent to stop; its reply says how far it came. */
  cancel(number: number): void {
    const pending = this.#pending.get(number);
    pending?.lane.send(controlFrame({ type: "tool.cancel", request: number }));
  }

  /** The asker waits no longer: the agent is asked to stop, and whatever it says later is dropped. */
  giveUp(number: number): void {
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    this.cancel(number);
    this.#finish(pending, failed("agent.timeout", `${pending.session.facts.name} did not answer in time.`));
  }

  /** Ends requests of those who may not ask them any more; the agent is asked to stop. */
  recheck(): void {
    for (const pending of [...this.#pending.values()]) {
      if (pending.asker.mayStill(pending)) continue;
      this.cancel(pending.number);
      this.#finish(pending, failed("permission.denied", "You are not allowed to do that any more."));
    }
  }

  replied(lane: LaneEnd, reply: ParsedReply): void {
    const pending = this.#of(lane, reply.request);
    if (pending === undefined) return;
    if (pending.type !== reply.tool || (reply.channel ?? null) !== (pending.channel?.id ?? null))
      return this.malformed(lane, reply.request, "the reply does not fit the request");
    this.#finish(pending, { ok: true, result: reply.result });
  }

  refused(lane: LaneEnd, error: MessageBody<"error">): void {
    const pending = error.request === undefined ? undefined : this.#of(lane, error.request);
    if (pending === undefined) return;
    const code = knownCodes.has(error.code) ? (error.code as ErrorCode) : "internal";
    this.#finish(pending, failed(code, error.message));
  }

  progressed(lane: LaneEnd, progress: MessageBody<"tool.progress">): void {
    const pending = this.#of(lane, progress.request);
    if (pending === undefined) return;
    pending.heardMs = this.clock.monotonicMs();
    const { done, total, unit, current } = progress;
    pending.asker.progressed({ done, total, unit, current });
  }

  /** The agent answered with something that is no answer to this request. */
  malformed(lane: LaneEnd, number: number, detail: string): void {
    const pending = this.#of(lane, number);
    if (pending === undefined) return;
    this.log.warn("An agent answered a request wrongly", { tool: pending.type, detail });
    this.#finish(pending, failed("internal", `${pending.session.facts.name} gave an answer that cannot be read.`));
  }

  /** The lane is gone, and with it every answer that was to come by it. */
  laneLost(lane: LaneEnd): void {
    for (const pending of [...this.#pending.values()])
      if (pending.lane === lane) this.#finish(pending, failed("channel.lost", lostText(pending.session)));
  }

  /** Refuses what the agent has been silent about for too long. */
  sweep(): void {
    const silentSince = this.clock.monotonicMs() - TOOL_SILENCE_LIMIT_MS;
    for (const pending of [...this.#pending.values()]) if (pending.heardMs <= silentSince) this.giveUp(pending.number);
  }

  /** INVARIANT: an answer counts only from the lane the request went to. */
  #of(lane: LaneEnd, number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    return pending?.lane === lane ? pending : undefined;
  }

  #finish(pending: Pending, outcome: ToolOutcome): void {
    if (!this.#pending.delete(pending.number)) return;
    if (!outcome.ok && pending.channel !== null) this.relay.close(pending.channel, outcome.code);
    pending.asker.answered(pending, outcome);
  }

  #nextNumber(): number {
    do this.#lastNumber = this.#lastNumber === 0x7fff_ffff ? 1 : this.#lastNumber + 1;
    while (this.#pending.has(this.#lastNumber));
    return this.#lastNumber;
  }
}

function failed(code: ErrorCode, message: string): Extract<ToolOutcome, { ok: false }> {
  return { ok: false, code, message };
}

function lostText(session: LiveSession): string {
  return `The connection to ${session.facts.name} was lost before it answered.`;
}
