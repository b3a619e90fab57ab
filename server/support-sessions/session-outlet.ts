import type { JumpClientId, RepresentativeId, SupportSessionId } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/messages.ts";
import type { LiveSession } from "./live-session.ts";

/** By what running sessions reach agents and consoles; the gateway is behind it. */
export interface SessionOutlet {
  tellAgent(jumpClient: JumpClientId, message: Message): void;
  /** Sends to every console of that representative. */
  tellConsoles(representative: RepresentativeId, message: Message): void;
  /** Shows the session to every console of that representative, with what each may do in it. */
  showSession(representative: RepresentativeId, session: LiveSession): void;
  /** Tells the endpoint who is in the session, for the notice before the customer. */
  showCustomer(session: LiveSession): void;
  /** Closes what that representative has open in the session. */
  closeChannelsOf(session: SupportSessionId, representative: RepresentativeId): void;
  /** Closes the session's lanes and everything on them. */
  closeLanes(session: SupportSessionId): void;
}
