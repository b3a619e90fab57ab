/** What a signed-on console may say beside asking tools: one handler a message, its permission asked before. */
import { AppError } from "../../protocol/errors.ts";
import { type Message, type MessageBody, messages, type MessageTypeFrom } from "../../protocol/messages.ts";
import type { MessageSpec } from "../../protocol/messages/message.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { ConsoleSocket } from "./console-socket.ts";
import { closeCodes } from "./limits.ts";

type ConsoleMessageType = Exclude<MessageTypeFrom<"console">, "console.hello">;
type ConsoleHandlers = {
  readonly [T in ConsoleMessageType]: (
    body: MessageBody<T>,
    console: ConsoleSocket,
    actor: Actor,
  ) => Promise<void> | void;
};

const handlers: ConsoleHandlers = {
  "console.ping": ({ request }, console) => console.tell({ type: "console.pong", request }),
  "session.start": async ({ request, jumpItem }, console, actor) => {
    const target = await console.parts.jumpClients.sessionTarget(jumpItem);
    tellStarted(console, actor, request, await console.parts.sessions.start(actor, target));
  },
  "session.join": async ({ request, session }, console, actor) => {
    const live = console.parts.sessions.find(session);
    if (live === undefined) throw new AppError("session.unknown", "This session has ended or never was.");
    tellStarted(console, actor, request, await console.parts.sessions.join(actor, live));
  },
  "session.leave": async ({ request, session }, console, actor) => {
    const live = console.parts.sessions.findFor(session, actor.id);
    await console.parts.sessions.apply(live, { type: "left", representative: actor.id }, actor);
    console.tell({ type: "done", request });
  },
  "session.end": async ({ request, session }, console, actor) => {
    const live = console.parts.sessions.findFor(session, actor.id);
    await console.parts.sessions.apply(live, { type: "end-asked", representative: actor.id }, actor);
    console.tell({ type: "done", request });
  },
  "tool.cancel": ({ request }, console) => {
    const number = console.requests.get(request);
    if (number !== undefined) console.parts.toolRequests.cancel(number);
  },
};

/** Checks the permission the message names, then does it; whatever is refused goes back with its request number. */
export function handleConsoleMessage(console: ConsoleSocket, actor: Actor, message: Message): void {
  if (!Object.hasOwn(handlers, message.type)) return console.close(closeCodes.policy, "protocol.out_of_order");
  if (message.type !== "console.ping") console.parts.touch(actor);
  handle(console, actor, message).catch((error: unknown) => {
    const request = "request" in message && typeof message.request === "number" ? message.request : null;
    if (error instanceof AppError) return console.refuse(request, error);
    console.parts.log.error("A console's message could not be handled", error, { type: message.type });
    console.refuse(request, { code: "internal", message: "The server could not do that. Its log says why." });
  });
}

async function handle(console: ConsoleSocket, actor: Actor, message: Message): Promise<void> {
  const spec: MessageSpec = messages[message.type];
  const jumpItem = await aboutWhat(console, message);
  if (!console.parts.access.allows(actor, spec.access, jumpItem)) {
    await console.parts.jumpClients.recordDenial(auditActor(actor), jumpItem?.id ?? "", message.type);
    throw new AppError("permission.denied", "You are not allowed to do that. Ask an administrator.");
  }
  const handler = handlers[message.type as ConsoleMessageType] as (
    body: Message,
    console: ConsoleSocket,
    actor: Actor,
  ) => Promise<void> | void;
  await handler(message, console, actor);
}

/** The Jump Item a message is about, for decide(); null where it is about none or one that is not there. */
async function aboutWhat(console: ConsoleSocket, message: Message) {
  if ("session" in message && typeof message.session === "string")
    return console.parts.sessions.find(message.session)?.jumpItem ?? null;
  return "jumpItem" in message ? await console.parts.jumpClients.decisionItem(message.jumpItem) : null;
}

function tellStarted(console: ConsoleSocket, actor: Actor, request: number, session: LiveSession): void {
  const permissions = console.parts.access.permissionsOn(actor, session.jumpItem);
  const view = session.view(permissions, console.parts.consoles.controlling(session.id));
  console.tell({ type: "session.started", request, session: view });
}
