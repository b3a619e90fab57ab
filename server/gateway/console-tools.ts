/** A console's request to a tool of a support session: may it, then hand it on, then write down what came of it. */
import type { MessageBody } from "../../protocol/messages.ts";
import { tools } from "../../protocol/messages.ts";
import type { ParsedTool } from "../../protocol/parse.ts";
import type { ToolSpec } from "../../protocol/messages/message.ts";
import type { Permission } from "../../protocol/permissions.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { ConsoleEnd } from "./console-end.ts";
import { toolFrame } from "./control-frame.ts";
import { recordToolDenial } from "./denial.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { MAX_CHANNELS_PER_CONSOLE, MAX_REQUESTS_PER_CONSOLE } from "./limits.ts";
import type { ChannelEnd } from "./relay.ts";
import { toolRecord } from "./tool-record.ts";
import type { ToolAsker, ToolOutcome, ToolRequest } from "./tool-requests.ts";

/** Asks one tool for a console; every refusal goes back as an error with the console's own request number. */
export function askTool(parts: GatewayParts, console: ConsoleEnd, actor: Actor, asked: ParsedTool): void {
  const refusal = refusalFor(parts, console, actor, asked);
  if (refusal !== null) return console.refuse(asked.request, refusal);
  const session = parts.sessions.findFor(asked.session!, actor.id);
  const { access }: ToolSpec = tools[asked.type];
  if (access !== null && parts.access.allowsIn(actor, access, session)) handOn(parts, console, actor, asked);
  else if (access !== null) askCustomer(parts, console, actor, asked, access, session);
}

/** The customer is asked first; then everything is looked at once more, for time has passed. */
function askCustomer(
  parts: GatewayParts,
  console: ConsoleEnd,
  actor: Actor,
  asked: ParsedTool,
  access: Permission,
  session: LiveSession,
): void {
  const asking = new AbortController();
  console.askings.set(asked.request, asking);
  parts.consents
    .require(actor, access, session, asking.signal)
    .finally(() => console.askings.delete(asked.request))
    .then(() => {
      if (console.actor !== actor) return;
      const refusal = refusalFor(parts, console, actor, asked);
      if (refusal === null) handOn(parts, console, actor, asked);
      else console.refuse(asked.request, refusal);
    })
    .catch((error: unknown) => {
      if (error instanceof AppError) return console.refuse(asked.request, error);
      parts.log.error("A request could not go on after the customer was asked", error, { tool: asked.type });
      console.refuse(asked.request, { code: "internal", message: "The server could not do that. Its log says why." });
    });
}

function handOn(parts: GatewayParts, console: ConsoleEnd, actor: Actor, asked: ParsedTool): void {
  const session = parts.sessions.findFor(asked.session!, actor.id);
  const asker = new ConsoleAsker(parts, console, actor, asked.request);
  const request = parts.toolRequests.ask(session, asked.type, asked.params, asker);
  if ("refusal" in request) console.refuse(asked.request, request.refusal);
  else if (!asker.isAnswered) console.requests.set(asked.request, request.number);
}

/** Why it may not be asked at all; null when it may. */
function refusalFor(parts: GatewayParts, console: ConsoleEnd, actor: Actor, asked: ParsedTool): AppError | null {
  const spec: ToolSpec = tools[asked.type];
  const session = parts.sessions.find(asked.session!);
  if (session === undefined) return new AppError("session.unknown", "This session has ended or never was.");
  if (!session.has(actor.id)) return new AppError("session.not_participant", "You do not take part in this session.");
  const standing = spec.access === null ? null : parts.access.standingIn(actor, spec.access, session);
  if (standing === null || standing.state === "deny") {
    recordToolDenial(parts.sessions, parts.log, { actor, session, asked: asked.type });
    return standing?.isByCustomer === true
      ? new AppError("consent.refused", "The customer did not allow it in this session.")
      : new AppError("permission.denied", "You are not allowed to do that on this computer. Ask an administrator.");
  }
  if (console.requests.has(asked.request) || console.askings.has(asked.request))
    return new AppError("request.invalid", "A request of that number is still open.");
  if (
    console.requests.size + console.askings.size >= MAX_REQUESTS_PER_CONSOLE ||
    console.channels.size >= MAX_CHANNELS_PER_CONSOLE
  )
    return new AppError("request.too_many", "Too much is open in this tab. Close something and try again.");
  return namesForeignChannel(parts, console, asked)
    ? new AppError("channel.unknown", "That view is no longer open here.")
    : null;
}

/** A parameter that names a channel must name one of the asker's own. */
function namesForeignChannel(parts: GatewayParts, console: ConsoleEnd, asked: ParsedTool): boolean {
  const named = asked.params["screenChannel"];
  return typeof named === "number" && parts.relay.channelAt(console, named)?.session !== asked.session;
}

/** Brings the answer back to the console it came from, under the console's own number. */
class ConsoleAsker implements ToolAsker {
  isAnswered = false;

  constructor(
    private readonly parts: GatewayParts,
    private readonly console: ConsoleEnd,
    private readonly actor: Actor,
    private readonly number: number,
  ) {}

  get channelEnd(): ChannelEnd {
    return this.console;
  }

  mayStill({ type, session }: ToolRequest): boolean {
    const { access }: ToolSpec = tools[type];
    return access !== null && this.parts.access.allowsIn(this.console.actor, access, session);
  }

  progressed(progress: Omit<MessageBody<"tool.progress">, "request">): void {
    this.console.tell({ type: "tool.progress", request: this.number, ...progress });
  }

  /**
   * A tool that opened a channel answers first, since its bytes follow at once; anything else is written down before it
   * is said to be done. What cannot be written down does not stay open.
   */
  answered(request: ToolRequest, outcome: ToolOutcome): void {
    this.isAnswered = true;
    this.console.requests.delete(this.number);
    if (request.channel !== null) this.#reply(request, outcome);
    this.#record(request, outcome)
      .then(
        () => request.channel === null && this.#reply(request, outcome),
        (error: unknown) => this.#failRecord(request, error),
      )
      .catch((error: unknown) => this.parts.log.error("An answer could not be given to a console", error));
    if (request.channel?.kind === "input" && outcome.ok) this.parts.sessions.show(request.session);
  }

  async #record(request: ToolRequest, outcome: ToolOutcome): Promise<void> {
    const who = { actor: auditActor(this.actor), displayName: this.actor.displayName };
    const { audit, line } = toolRecord(request.type, request.params, outcome, who, request.session.facts);
    if (audit !== null) await this.parts.sessions.record(request.session, audit, line);
  }

  #failRecord(request: ToolRequest, error: unknown): void {
    const { parts } = this;
    parts.log.error("What was done in a session could not be written to the audit log", error, { tool: request.type });
    if (request.channel !== null) return parts.relay.close(request.channel, "internal");
    this.console.refuse(this.number, {
      code: "internal",
      message: "It was done, but the server could not write it to its audit log. Tell an administrator.",
    });
  }

  #reply(request: ToolRequest, outcome: ToolOutcome): void {
    if (!outcome.ok) return this.console.refuse(this.number, outcome);
    const channel = request.channel === null ? {} : { channel: request.channel.id };
    const type = tools[request.type].reply;
    this.console.send(toolFrame({ ...outcome.result, type, request: this.number, ...channel }));
  }
}
