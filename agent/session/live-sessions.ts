/** The support sessions this endpoint is in. They outlive the standing connection for a while. */
import type { SupportSessionId } from "../../protocol/ids.ts";
import type { MessageBody } from "../../protocol/messages.ts";
import { SupportSession, type SupportSessionContext } from "./support-session.ts";

/** More sessions at once than one computer needs; the server is told so by the lanes never coming. */
export const MAX_SESSIONS = 64;

export class LiveSessions implements Disposable {
  readonly #sessions = new Map<string, SupportSession>();

  constructor(private readonly context: SupportSessionContext) {}

  get ids(): string[] {
    return [...this.#sessions.keys()];
  }

  /** Begins a support session, or calls the lanes of one that lost them. */
  begin(begin: MessageBody<"session.begin">): void {
    this.#take(begin.session)?.begin(begin);
  }

  /** A session an earlier process of this agent left something of: it waits to be called again, or to be told it is over. */
  takeUp(id: string): void {
    this.#take(id);
  }

  /** The session of that id, made where there is none; null when there are too many. */
  #take(id: string): SupportSession | null {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    if (this.#sessions.size >= MAX_SESSIONS) {
      this.context.log(`a support session was not begun: there are already ${MAX_SESSIONS}`);
      return null;
    }
    const session = new SupportSession(id as SupportSessionId, this.context);
    this.#sessions.set(id, session);
    return session;
  }

  finish(id: string): void {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    void session?.finish();
  }

  /** Ends the sessions nobody has called for too long. */
  tick(nowMs: number): void {
    for (const [id, session] of [...this.#sessions]) {
      session.tick(nowMs);
      if (session.isForgotten(nowMs)) this.finish(id);
    }
  }

  [Symbol.dispose](): void {
    for (const session of this.#sessions.values()) session[Symbol.dispose]();
    this.#sessions.clear();
  }
}
