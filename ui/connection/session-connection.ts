import { AppError } from "../../protocol/errors.ts";
import type { ToolEventBody, ToolEventType } from "../../protocol/messages.ts";
import type { ParsedToolEvent } from "../../protocol/parse.ts";
import type { ConnectionState, SessionConnection } from "./console-connection.ts";
import { connectionLost, type ConsoleWire } from "./console-wire.ts";
import type { Listeners } from "./listeners.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** What of the standing connection a session needs. */
export interface SessionHost {
  readonly state: ConnectionState;
  readonly roundTripMs: number | null;
  readonly sessions: LiveSessions;
  /** null while the connection does not stand. */
  readonly wire: ConsoleWire | null;
  readonly changes: Listeners<void>;
  readonly toolEvents: Listeners<ParsedToolEvent>;
}

/** Whether our socket and the agent's lanes both stand. */
const isUsable = (socket: SessionHost, session: string): boolean =>
  socket.state === "open" && socket.sessions.get(session)?.view.state === "active";

function unusable(socket: SessionHost, session: string): AppError | null {
  if (socket.state !== "open") return connectionLost();
  const state = socket.sessions.get(session)?.view.state ?? "ended";
  return state === "ended" ? new AppError("session.ended", "This session has ended. Jump again to go on.") : null;
}

/** One support session as its tool tabs see it, over whichever connection stands at the time. */
export function createSessionConnection(socket: SessionHost, session: string): SessionConnection {
  return {
    session,
    get roundTripMs() {
      return socket.roundTripMs;
    },
    async ask(type, params, options = {}) {
      const refusal = unusable(socket, session);
      if (refusal !== null || socket.wire === null) throw refusal ?? connectionLost();
      return socket.wire.ask(session, type, params, options);
    },
    on<T extends ToolEventType>(type: T, listener: (body: ToolEventBody<T>) => void): Disposable {
      return socket.toolEvents.add((event) => {
        if (event.type === type && event.session === session) listener(event.body as ToolEventBody<T>);
      });
    },
    onUsable(listener) {
      let last = isUsable(socket, session);
      listener(last);
      return socket.changes.add(() => {
        const next = isUsable(socket, session);
        if (next === last) return;
        last = next;
        listener(next);
      });
    },
  };
}
