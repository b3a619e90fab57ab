/** Before the server stops: people in sessions are told, and nobody starts another. */
import { AppError } from "../../protocol/errors.ts";
import type { Log } from "../log.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { SessionOutlet } from "./session-outlet.ts";

export class SessionDrain {
  #closedBecause: string | null = null;

  constructor(
    private readonly sessions: LiveSessions,
    private readonly outlet: SessionOutlet,
    private readonly log: Log,
  ) {}

  /** How many sessions run. */
  get running(): number {
    return this.sessions.size;
  }

  /** Nobody starts a session from now on; `why` is what they are told. null: they may again. */
  closeStarts(why: string | null): void {
    this.#closedBecause = why;
  }

  /** @throws {AppError} system.unavailable while nobody may start a session */
  requireOpen(): void {
    if (this.#closedBecause !== null) throw new AppError("system.unavailable", this.#closedBecause);
  }

  /** A line in every session's log, and a word to everybody in it. `line` is one of sessionLines, without a full stop. */
  warn(line: string, endsAt: Date, minutes: number): void {
    for (const session of this.sessions.all()) {
      const notice = { type: "session.notice", session: session.id, endsAt: endsAt.toISOString(), minutes } as const;
      for (const { representative } of session.model.participants)
        this.outlet.tellConsoles(representative, { ...notice, message: `${line}.` });
      this.sessions.record(session, null, { kind: "warning", text: line }).catch((error: unknown) => {
        this.log.error("A line of a session's log could not be written", error, { session: session.id });
      });
    }
  }
}
