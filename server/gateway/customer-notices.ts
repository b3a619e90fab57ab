/**
 * Tells endpoints who is in a support session, for the notice before the customer (JUMP-13). It appears with the first
 * thing the customer was asked about and allowed, and stands until the session is over.
 */
import { MAX_NOTICE_NAMES } from "../../protocol/messages/connected-notice.ts";
import type { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import type { Log } from "../log.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";

const MAX_SITE_NAME = 200;

export class CustomerNotices {
  constructor(
    private readonly agents: OnlineJumpClients,
    private readonly settings: Pick<SiteSettings, "read">,
    private readonly log: Log,
  ) {}

  /** Sends how the session is now, to an agent that can show it; one that comes later is told then. */
  show(session: LiveSession): void {
    const agent = this.agents.get(session.facts.jumpClient);
    if (agent === undefined || !agent.capabilities.includes("connected-notice.x11")) return;
    this.#send(session).catch((error: unknown) =>
      this.log.error("The customer could not be told who is connected", error, { session: session.id }),
    );
  }

  async #send(session: LiveSession): Promise<void> {
    const { siteName, language } = await this.settings.read();
    const { state, participants } = session.model;
    if (state === "ended") return;
    this.agents.get(session.facts.jumpClient)?.send({
      type: "connected-notice.show",
      session: session.id,
      siteName: siteName.slice(0, MAX_SITE_NAME),
      representatives: participants.slice(0, MAX_NOTICE_NAMES).map(({ displayName }) => displayName),
      language,
      mayAppear: session.hasConsent,
    });
  }
}
