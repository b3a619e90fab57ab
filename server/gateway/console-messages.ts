/** What a signed-on console may say beside asking tools: one handler a message, its permission asked before. */
import { AppError, type Refusal } from "../../protocol/errors.ts";
import { type Message, type MessageBody, messages, type MessageTypeFrom } from "../../protocol/messages.ts";
import type { MessageSpec } from "../../protocol/messages/message.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { ConsoleEnd } from "./console-end.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { closeCodes, MAX_MESSAGES_IN_FLIGHT } from "./limits.ts";

/** Who says it, and with what it is done. */
interface Speaker {
  readonly parts: GatewayParts;
  readonly console: ConsoleEnd;
  readonly actor: Actor;
}

type ConsoleMessageType = Exclude<MessageTypeFrom<"console">, "console.hello">;
type ConsoleHandlers = {
  readonly [T in ConsoleMessageType]: (body: MessageBody<T>, speaker: Speaker) => Promise<void> | void;
};

const handlers: ConsoleHandlers = {
  "console.ping": ({ request }, { console }) => console.tell({ type: "console.pong", request }),
  "session.start": async ({ request, jumpItem, ...given }, speaker) => {
    const { parts, actor } = speaker;
    if (parts.sessions.ofJumpClient(jumpItem) === undefined) parts.drain.requireOpen();
    const target = await parts.jumpClients.sessionTarget(jumpItem);
    const asked = { id: jumpItem, ...target.place, presence: target.presence };
    const grant = await parts.conditions.require(newest(speaker), asked, target.name, given);
    await requireStill(speaker, jumpItem);
    const admit = (running: LiveSession) => parts.conditions.requireShared(actor, running);
    tellStarted(speaker, request, await parts.sessions.start(actor, target, grant, admit));
  },
  "session.join": async ({ request, session }, speaker) => {
    const live = speaker.parts.sessions.find(session);
    if (live === undefined || !speaker.parts.access.allows(speaker.actor, "jump-items.view", live.jumpItem))
      throw new AppError("session.unknown", "This session has ended or never was.");
    if (!live.has(speaker.actor.id))
      await speaker.parts.conditions.require(newest(speaker), live.jumpItem, live.facts.name, {});
    tellStarted(speaker, request, await speaker.parts.sessions.join(speaker.actor, live));
  },
  "session.leave": async ({ request, session }, { parts, console, actor }) => {
    const live = parts.sessions.findFor(session, actor.id);
    await parts.sessions.apply(live, { type: "left", representative: actor.id }, actor);
    console.tell({ type: "done", request });
  },
  "session.end": async ({ request, session }, { parts, console, actor }) => {
    const live = parts.sessions.findFor(session, actor.id);
    await parts.sessions.apply(live, { type: "end-asked", representative: actor.id }, actor);
    console.tell({ type: "done", request });
  },
  "consent.cancel": ({ request, session, permission }, { parts, console, actor }) => {
    parts.consents.cancel(session, actor, permission);
    console.tell({ type: "done", request });
  },
  "tool.cancel": ({ request }, { parts, console }) => {
    console.askings.get(request)?.abort();
    const number = console.requests.get(request);
    if (number !== undefined) parts.toolRequests.cancel(number);
  },
};

/**
 * A ticket is checked elsewhere, which takes seconds: rights may be gone by then, or the Jump Item be in another place.
 * What sockets hold follows a change a moment later, so the rights are asked for here.
 * @throws {AppError} permission.denied, not_found
 */
async function requireStill({ parts, console, actor }: Speaker, id: string): Promise<void> {
  const { place, presence } = await parts.jumpClients.sessionTarget(id);
  const rights = await parts.rightsOf(actor.id);
  if (rights !== null && console.actor === actor) {
    parts.access.hold(rights);
    if (parts.access.allows(actor, "session.start", { id, ...place, presence })) return;
  }
  await parts.jumpClients.recordDenial(auditActor(actor), id, "session.start");
  throw new AppError("permission.denied", "You may not start sessions with this Jump Item any more.");
}

/** With the rights as they are now: the socket may be older than they are. */
const newest = ({ parts, actor }: Speaker): Actor => ({ ...actor, ...parts.access.rightsNow(actor) });

/** Checks the permission the message names, then does it; whatever is refused goes back with its request number. */
export function handleConsoleMessage(parts: GatewayParts, console: ConsoleEnd, actor: Actor, message: Message): void {
  if (!Object.hasOwn(handlers, message.type)) return console.close(closeCodes.policy, "protocol.out_of_order");
  if (message.type !== "console.ping") parts.touch(actor);
  const request = "request" in message && typeof message.request === "number" ? message.request : null;
  if (console.messagesInFlight >= MAX_MESSAGES_IN_FLIGHT) return console.refuse(request, tooMany);
  console.messagesInFlight += 1;
  handle({ parts, console, actor }, message)
    .catch((error: unknown) => {
      if (error instanceof AppError) return console.refuse(request, error);
      parts.log.error("A console's message could not be handled", error, { type: message.type });
      console.refuse(request, { code: "internal", message: "The server could not do that. Its log says why." });
    })
    .finally(() =>
      // Messages that come in one piece are dealt with in one turn of the loop: the place is free in the next, so that
      // a console which sends thousands does not hold up everybody else.
      setImmediate(() => {
        console.messagesInFlight -= 1;
      }),
    );
}

const tooMany: Refusal = {
  code: "request.too_many",
  message: "This console asks too much at once. Wait until what it asked for is done.",
};

async function handle(speaker: Speaker, message: Message): Promise<void> {
  const { parts, console, actor } = speaker;
  const spec: MessageSpec = messages[message.type];
  const jumpItem = await aboutWhat(parts, message);
  if (console.actor !== actor) return;
  if ("jumpItem" in message && (jumpItem === null || !parts.access.allows(actor, "jump-items.view", jumpItem)))
    throw new AppError("not_found", "This Jump Client is not there any more.");
  if (!parts.access.allows(actor, spec.access, jumpItem)) {
    await parts.jumpClients.recordDenial(auditActor(actor), jumpItem?.id ?? "", message.type);
    throw new AppError("permission.denied", "You are not allowed to do that. Ask an administrator.");
  }
  const handler = handlers[message.type as ConsoleMessageType] as (
    body: Message,
    speaker: Speaker,
  ) => Promise<void> | void;
  await handler(message, speaker);
}

/** The Jump Item a message is about, for decide(); null where it is about none or one that is not there. */
async function aboutWhat(parts: GatewayParts, message: Message) {
  if ("session" in message && typeof message.session === "string")
    return parts.sessions.find(message.session)?.jumpItem ?? null;
  return "jumpItem" in message ? await parts.jumpClients.decisionItem(message.jumpItem) : null;
}

/** A console that went while its session was being written down is one that lost its connection. */
function tellStarted({ parts, console, actor }: Speaker, request: number, session: LiveSession): void {
  if (parts.consoles.of(actor.id).size === 0) return parts.sessions.consoleChanged(actor.id, false);
  const permissions = parts.access.permissionsIn(actor, session);
  const view = session.view(permissions, parts.consoles.controlling(session.id));
  console.tell({ type: "session.started", request, session: view });
}
