import type { Lane } from "../../protocol/hello.ts";
import type { Log } from "../log.ts";
import type { LiveSession } from "./live-session.ts";
import type { SessionEffect } from "./session.ts";
import type { SessionOutlet } from "./session-outlet.ts";
import type { SessionTickets } from "./session-tickets.ts";

/** Does what follows from a step of a session's state machine outside it: who is told, what is closed. */
export class SessionEffects {
  constructor(
    private readonly outlet: SessionOutlet,
    private readonly tickets: SessionTickets,
    private readonly log: Log,
  ) {}

  /** Does one of them; lines of the log are shown by who writes them down. */
  perform(session: LiveSession, effect: SessionEffect): void {
    const { jumpClient } = session.facts;
    if (effect.type === "begin") void this.#begin(session, effect.lanes);
    else if (effect.type === "show") this.show(session);
    else if (effect.type === "participant-left")
      this.outlet.closeChannelsOf(session.id, effect.participant.representative);
    else if (effect.type === "dismiss")
      this.outlet.tellConsoles(effect.representative, {
        type: "session.ended",
        session: session.id,
        message: effect.message,
      });
    else if (effect.type === "finish") {
      this.outlet.tellAgent(jumpClient, { type: "session.finish", session: session.id });
      this.outlet.closeLanes(session.id);
    }
  }

  /** An agent of an earlier release dials both lanes, whatever it is told, so both tickets go with it. */
  async #begin(session: LiveSession, lanes: readonly Lane[]): Promise<void> {
    const { jumpClient } = session.facts;
    try {
      const interactiveTicket = await this.tickets.issue(session.id, jumpClient, "interactive");
      const bulkTicket = await this.tickets.issue(session.id, jumpClient, "bulk");
      const tickets = { interactiveTicket, bulkTicket };
      if (session.model.state !== "ended")
        this.outlet.tellAgent(jumpClient, {
          type: "session.begin",
          session: session.id,
          ...tickets,
          lanes: [...lanes],
        });
    } catch (error) {
      this.log.error("A Jump Client could not be told to begin a session; it is told again", error, { jumpClient });
    }
  }

  /** Shows the session as it is now to everyone in it. */
  show(session: LiveSession): void {
    for (const { representative } of session.model.participants) this.outlet.showSession(representative, session);
    this.outlet.showCustomer(session);
  }
}
