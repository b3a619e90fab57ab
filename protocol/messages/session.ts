/** The console's socket: sign-on, Jump Items that change, support sessions. */
import { type Static, Type } from "@sinclair/typebox";
import { ID_PATTERN } from "../ids.ts";
import { message } from "./message.ts";

const Id = Type.String({ pattern: ID_PATTERN });
const Request = Type.Integer({ minimum: 1, maximum: 0x7fff_ffff });
const Text = (maxLength: number) => Type.String({ maxLength });

export const SessionState = Type.Union([
  /** The agent has been told to dial its lanes. */
  Type.Literal("connecting"),
  /** Both lanes stand. */
  Type.Literal("active"),
  /** The agent's lanes are gone; they are waited for. */
  Type.Literal("agent-lost"),
  Type.Literal("ended"),
]);
export type SessionState = Static<typeof SessionState>;

export const Participant = Type.Object({
  representative: Id,
  displayName: Text(128),
  isOwner: Type.Boolean(),
  /** false: their console's connection is lost; they are waited for. */
  isConnected: Type.Boolean(),
  /** Holds an open input channel right now. */
  isControlling: Type.Boolean(),
  joinedAt: Text(40),
});
export type Participant = Static<typeof Participant>;

/** A line of the session's own log, in words for a person. */
export const SessionEvent = Type.Object({
  at: Text(40),
  kind: Type.Union(
    ["session", "participant", "connection", "screen", "shell", "files", "clipboard", "sysinfo", "warning"].map(
      (kind) => Type.Literal(kind),
    ),
  ),
  text: Text(1000),
});
export interface SessionEvent {
  readonly at: string;
  readonly kind:
    "session" | "participant" | "connection" | "screen" | "shell" | "files" | "clipboard" | "sysinfo" | "warning";
  readonly text: string;
}

export const SessionView = Type.Object({
  session: Id,
  state: SessionState,
  jumpItem: Id,
  name: Text(128),
  hostName: Text(255),
  operatingSystem: Text(200),
  startedAt: Text(40),
  endedAt: Type.Union([Text(40), Type.Null()]),
  owner: Id,
  participants: Type.Array(Participant),
  /** What the one who receives this may do here, decided by the server. */
  permissions: Type.Array(Text(64)),
  /** The id of the ticket it was started by. */
  ticket: Type.Optional(Text(100)),
  /** When its Jump Policy's schedule ends it; null: it does not. */
  endsAt: Type.Optional(Type.Union([Text(40), Type.Null()])),
  /** What the agent can do. */
  capabilities: Type.Array(Text(64)),
  events: Type.Array(SessionEvent),
});
export type SessionView = Omit<Static<typeof SessionView>, "events"> & { readonly events: readonly SessionEvent[] };

export const consoleMessages = {
  /** First message of a console. The ticket comes from POST /api/console/socket-ticket and works once (NA13). */
  "console.hello": message({
    from: ["console"],
    access: "anyone",
    schema: Type.Object({ protocol: Type.Integer({ minimum: 1 }), ticket: Text(100) }),
  }),
  "console.welcome": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({
      representative: Id,
      displayName: Text(128),
      /** Every support session this representative takes part in. */
      sessions: Type.Array(SessionView),
      serverVersion: Text(40),
    }),
  }),
  /** The console closes its socket and shows the sign-in page with this message. */
  "console.signed-out": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ code: Text(64), message: Text(500) }),
  }),
  "console.ping": message({ from: ["console"], access: "console.use", schema: Type.Object({ request: Request }) }),
  "console.pong": message({ from: ["server"], access: "anyone", schema: Type.Object({ request: Request }) }),
  /** Jump Items this representative can see have changed; at most one a second. null: too many to name. */
  "jump-items.changed": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ jumpItems: Type.Union([Type.Array(Id, { maxItems: 500 }), Type.Null()]) }),
  }),
  "session.start": message({
    from: ["console"],
    access: "session.start",
    schema: Type.Object({
      request: Request,
      jumpItem: Id,
      /** What the Jump Policy asks for, as GET …/start says. */
      ticket: Type.Optional(Text(100)),
      overrideSchedule: Type.Optional(Type.Boolean()),
      endUserCode: Type.Optional(Text(10)),
    }),
  }),
  /** Also the reply to session.join; a start on an item in session joins the running one (JUMP-34). */
  "session.started": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ request: Request, session: SessionView }),
  }),
  "session.join": message({
    from: ["console"],
    access: "session.join",
    schema: Type.Object({ request: Request, session: Id }),
  }),
  "session.leave": message({
    from: ["console"],
    access: "console.use",
    schema: Type.Object({ request: Request, session: Id }),
  }),
  "session.end": message({
    from: ["console"],
    access: "session.end",
    schema: Type.Object({ request: Request, session: Id }),
  }),
  "session.changed": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ session: SessionView }),
  }),
  /** The Jump Policy's schedule ends the session at that time; told 15, 10, 5, 2 and 1 minutes before (POLICY-08). */
  "session.notice": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ session: Id, endsAt: Text(40), minutes: Type.Integer({ minimum: 0 }), message: Text(500) }),
  }),
  /** Requests for access one made or may answer have changed: look again. */
  "access-requests.changed": message({ from: ["server"], access: "anyone", schema: Type.Object({}) }),
  /** What administrators say to everybody has changed: look again. */
  "announcements.changed": message({ from: ["server"], access: "anyone", schema: Type.Object({}) }),
  "session.logged": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ session: Id, event: SessionEvent }),
  }),
  /** The session is over for the receiver: ended for all, or only left. */
  "session.ended": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ session: Id, message: Text(500) }),
  }),
  done: message({ from: ["server", "agent"], access: "anyone", schema: Type.Object({ request: Request }) }),
  error: message({
    from: ["server", "agent"],
    access: "anyone",
    schema: Type.Object({ request: Type.Optional(Request), code: Text(64), message: Text(1000) }),
  }),
  "tool.progress": message({
    from: ["server", "agent"],
    access: "anyone",
    schema: Type.Object({
      request: Request,
      done: Type.Number({ minimum: 0 }),
      /** null while it is still being counted. */
      total: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
      unit: Type.Union([Type.Literal("files"), Type.Literal("bytes")]),
      current: Text(4096),
    }),
  }),
  "tool.cancel": message({
    from: ["console", "server"],
    access: "console.use",
    schema: Type.Object({ request: Request }),
  }),
};
