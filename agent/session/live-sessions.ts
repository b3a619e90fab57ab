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
    let session = this.#sessions.get(begin.session);
    if (session === undefined) {
      if (this.#sessions.size >= MAX_SESSIONS) {
        this.context.log(`a support session was not begun: there are already ${MAX_SESSIONS}`);
        return;
      }
      session = new SupportSession(begin.session as SupportSessionId, this.context);
      this.#sessions.set(begin.session, session);
    }
    session.begin(begin);
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
