import type { JumpClientId, SupportSessionId } from "../../protocol/ids.ts";
import { type Lane, TICKET_LIFETIME_SECONDS, type TicketClaims } from "../../protocol/hello.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import { newId } from "../new-id.ts";
import type { SiteKey } from "../site/site-key.ts";

/**
 * Tickets for the lanes of a support session: signed, 60 seconds, for one session, Jump Client and lane, used once.
 * Those given out are remembered, not those used, so a ticket of an earlier process is worth nothing in this one.
 */
export class SessionTickets {
  /** `jti` to the monotonic millisecond at which it is forgotten, oldest first. */
  readonly #issued = new Map<string, number>();

  constructor(
    private readonly siteKey: SiteKey,
    private readonly clock: Clock,
  ) {}

  async issue(session: SupportSessionId, jumpClient: JumpClientId, lane: Lane): Promise<string> {
    this.#forgetExpired();
    const jti = newId<string>();
    this.#issued.set(jti, this.clock.monotonicMs() + TICKET_LIFETIME_SECONDS * 1000);
    const exp = Math.floor(this.clock.now().getTime() / 1000) + TICKET_LIFETIME_SECONDS;
    return await this.siteKey.signTicket({ sub: jumpClient, session, lane, jti, exp });
  }

  /** What the ticket allows; it is worth nothing afterwards. @throws {AppError} ticket.invalid */
  async redeem(ticket: string): Promise<TicketClaims> {
    const claims = await this.siteKey.verifyTicket(ticket);
    this.#forgetExpired();
    if (!this.#issued.delete(claims.jti))
      throw new AppError("ticket.invalid", "This connection's ticket was used before or has run out.");
    return claims;
  }

  #forgetExpired(): void {
    const now = this.clock.monotonicMs();
    for (const [jti, forgetAt] of this.#issued) {
      if (forgetAt > now) return;
      this.#issued.delete(jti);
    }
  }
}
