/** What server/file-transfers asks of the agent in a running session, without a console in between. */
import { AppError } from "../../protocol/errors.ts";
import type { Lane } from "../../protocol/hello.ts";
import type { SupportSessionId } from "../../protocol/ids.ts";
import { type ToolParams, type ToolResult, tools, type ToolType } from "../../protocol/messages.ts";
import type { ToolSpec } from "../../protocol/messages/message.ts";
import type { SessionPermission } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import type { AccountRights } from "../policy/policies.ts";
import type { AgentAnswer, AgentLink, AgentLinks, ServerChannel } from "../support-sessions/agent-link.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import { recordToolDenial } from "./denial.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { ServerChannelEnd } from "./server-channel.ts";
import { WindowBudget } from "./transfer-window.ts";
import type { ToolAsker, ToolOutcome, ToolRequest } from "./tool-requests.ts";

type AskOptions = NonNullable<Parameters<AgentLink["ask"]>[2]>;

/** Who holds a link, by which permission. */
interface Holder {
  readonly actor: Actor;
  readonly permission: SessionPermission;
  readonly session: LiveSession;
}

export class GatewayAgentLinks implements AgentLinks {
  readonly #windowBudget = new WindowBudget();
  readonly #open = new Map<ServerChannelEnd, Holder>();

  constructor(
    private readonly parts: Pick<
      GatewayParts,
      "sessions" | "lanes" | "relay" | "toolRequests" | "access" | "consents" | "clock" | "typing" | "log"
    >,
  ) {}

  linkFor(session: string, actor: Actor, permission: SessionPermission): AgentLink {
    const live = this.parts.sessions.findFor(session, actor.id);
    const holder: Holder = { actor, permission, session: live };
    this.#require(holder);
    return {
      session: live.id,
      ask: (type, params, options) => this.#ask(holder, type, params, options ?? {}),
      log: (kind, text) => this.#log(live, kind, text),
    };
  }

  /** Whose rights open channels hang on, by account. */
  holders(): Set<string> {
    return new Set(Array.from(this.#open.values(), ({ actor }) => actor.id));
  }

  /** Closes the channels that are not allowed any more, by the rights as they are now. */
  recheck(rights: ReadonlyMap<string, AccountRights>): void {
    for (const [channel, holder] of [...this.#open]) {
      const now = rights.get(holder.actor.id);
      const actor = now === undefined ? null : { ...holder.actor, rights: now };
      if (!this.parts.access.allowsIn(actor, holder.permission, holder.session)) channel.revoke();
    }
  }

  /** @throws {AppError} permission.denied */
  #require(holder: Holder): void {
    if (this.parts.access.standingIn(holder.actor, holder.permission, holder.session).state !== "deny") return;
    const { actor, session, permission } = holder;
    recordToolDenial(this.parts.sessions, this.parts.log, { actor, session, asked: permission });
    throw new AppError("permission.denied", "You are not allowed to do that on this computer. Ask an administrator.");
  }

  async #ask<T extends ToolType>(
    holder: Holder,
    type: T,
    params: ToolParams<T>,
    options: AskOptions,
  ): Promise<AgentAnswer<T>> {
    options.signal?.throwIfAborted();
    this.#require(holder);
    const { session } = holder;
    await this.parts.consents.require(holder.actor, holder.permission, session, options.signal);
    const spec: ToolSpec = tools[type];
    const channel = spec.opens === null ? null : this.#channelOn(session.id, session.facts.name, spec.lane);
    const asker = new ServerAsker(channel);
    const request = this.parts.toolRequests.ask(session, type, params as Record<string, unknown>, asker);
    if ("refusal" in request) throw new AppError(request.refusal.code, request.refusal.message);
    if (channel !== null && request.channel !== null) {
      channel.attach(request.channel);
      this.#open.set(channel, holder);
      channel.whenOver(() => this.#open.delete(channel));
      options.onChannel?.(channel);
    }
    const outcome = await this.#outcome(request, asker, options);
    if (!outcome.ok) throw new AppError(outcome.code, outcome.message);
    return { result: outcome.result as ToolResult<T>, channel: channel as ServerChannel | null };
  }

  #channelOn(session: SupportSessionId, name: string, laneName: Lane): ServerChannelEnd {
    const lane = this.parts.lanes.get(session, laneName);
    if (lane === undefined)
      throw new AppError("agent.offline", `${name} is not connected at this moment. Wait for it to return.`);
    return new ServerChannelEnd(this.parts.relay, lane, this.parts.clock, this.parts.typing, this.#windowBudget);
  }

  /** Stopping the wait asks the agent to stop too; its reply then ends the request. */
  async #outcome(request: ToolRequest, asker: ServerAsker, { signal, timeoutMs }: AskOptions): Promise<ToolOutcome> {
    const stop = (): void => this.parts.toolRequests.cancel(request.number);
    signal?.addEventListener("abort", stop);
    const timer =
      timeoutMs === undefined ? null : setTimeout(() => this.parts.toolRequests.giveUp(request.number), timeoutMs);
    try {
      return await asker.outcome;
    } finally {
      signal?.removeEventListener("abort", stop);
      if (timer !== null) clearTimeout(timer);
    }
  }

  #log(session: LiveSession, kind: "files", text: string): void {
    this.parts.sessions
      .record(session, null, { kind, text })
      .catch((error: unknown) => this.parts.log.error("A line of a session's log could not be written", error));
  }
}

/** Waits for the answer as a promise. */
class ServerAsker implements ToolAsker {
  readonly #answer = Promise.withResolvers<ToolOutcome>();

  constructor(readonly channelEnd: ServerChannelEnd | null) {}

  get outcome(): Promise<ToolOutcome> {
    return this.#answer.promise;
  }

  answered(_: ToolRequest, outcome: ToolOutcome): void {
    this.#answer.resolve(outcome);
  }

  progressed(): void {
    // A transfer counts its own bytes.
  }

  mayStill(): boolean {
    // What is under way ends with its channel, and what comes next is asked for.
    return true;
  }
}
