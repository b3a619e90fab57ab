/** The support sessions this console takes part in, as the server last told of them. */
import type { SessionEvent, SessionView } from "../../protocol/messages/session.ts";

/** Lines of a session's log a console keeps; older ones stay in the report. */
export const MAX_SESSION_EVENTS = 1000;

/** One session and, once it is over, why. */
export interface LiveSession {
  readonly view: SessionView;
  /** null while it runs. */
  readonly endMessage: string | null;
}

const goneMeanwhile = "The session ended while this console was not connected.";

export class LiveSessions {
  #sessions: ReadonlyMap<string, LiveSession> = new Map();

  /** In the order they were started or joined. A new map on each change, so that it can be compared. */
  get all(): ReadonlyMap<string, LiveSession> {
    return this.#sessions;
  }

  get(session: string): LiveSession | undefined {
    return this.#sessions.get(session);
  }

  /** What the server says after a sign-on is the truth; a session it no longer knows has ended meanwhile. */
  replaceAll(views: readonly SessionView[]): void {
    const told = new Map(
      views.map((view) => [view.session as string, { view: this.#filledIn(view), endMessage: null }]),
    );
    const kept = [...this.#sessions].map(([id, session]): [string, LiveSession] => [
      id,
      told.get(id) ?? { view: ended(session.view), endMessage: session.endMessage ?? goneMeanwhile },
    ]);
    this.#sessions = new Map([...kept, ...told]);
  }

  put(view: SessionView): void {
    const endMessage = view.state === "ended" ? (this.get(view.session)?.endMessage ?? "The session has ended.") : null;
    this.#with({ view: this.#filledIn(view), endMessage });
  }

  /** A line for a session that is not known is dropped: we have left it. */
  log(id: string, event: SessionEvent): void {
    const session = this.get(id);
    if (session === undefined) return;
    this.#with({ ...session, view: trim({ ...session.view, events: [...session.view.events, event] }) });
  }

  end(id: string, message: string): void {
    const session = this.get(id);
    if (session !== undefined) this.#with({ view: ended(session.view), endMessage: message });
  }

  /** Forgets a session: its tab is closed. */
  forget(id: string): void {
    const sessions = new Map(this.#sessions);
    sessions.delete(id);
    this.#sessions = sessions;
  }

  /** A server that was just started learns what the agent can do when it is back; until then that is what it was. */
  #filledIn(view: SessionView): SessionView {
    const isUnknown = view.state === "agent-lost" && view.capabilities.length === 0;
    const capabilities = isUnknown ? (this.get(view.session)?.view.capabilities ?? []) : view.capabilities;
    return trim({ ...view, capabilities });
  }

  #with(session: LiveSession): void {
    this.#sessions = new Map(this.#sessions).set(session.view.session, session);
  }
}

const ended = (view: SessionView): SessionView => ({ ...view, state: "ended" });

const trim = (view: SessionView): SessionView =>
  view.events.length <= MAX_SESSION_EVENTS ? view : { ...view, events: view.events.slice(-MAX_SESSION_EVENTS) };
