import type { JumpClientId, RepresentativeId, SupportSessionId } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/messages.ts";
import type { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { SessionOutlet } from "../support-sessions/session-outlet.ts";
import type { GatewayAccess } from "./access.ts";
import type { ConsoleSockets } from "./console-sockets.ts";
import { controlFrame } from "./control-frame.ts";
import type { Lanes } from "./lanes.ts";
import type { CustomerNotices } from "./customer-notices.ts";
import { closeCodes } from "./limits.ts";
import type { Relay } from "./relay.ts";

/** By what running sessions reach sockets. */
export class GatewayOutlet implements SessionOutlet {
  constructor(
    private readonly agents: OnlineJumpClients,
    private readonly consoles: ConsoleSockets,
    private readonly lanes: Lanes,
    private readonly relay: Relay,
    private readonly access: GatewayAccess,
    private readonly notices: CustomerNotices,
  ) {}

  tellAgent(jumpClient: JumpClientId, message: Message): void {
    this.agents.get(jumpClient)?.send(message);
  }

  tellConsoles(representative: RepresentativeId, message: Message): void {
    const frame = controlFrame(message);
    for (const console of [...this.consoles.of(representative)]) console.send(frame);
  }

  showSession(representative: RepresentativeId, session: LiveSession): void {
    const controlling = this.consoles.controlling(session.id);
    for (const console of [...this.consoles.of(representative)]) {
      if (console.actor === null) continue;
      const permissions = this.access.permissionsIn(console.actor, session);
      console.tell({ type: "session.changed", session: session.view(permissions, controlling) });
    }
  }

  showCustomer(session: LiveSession): void {
    this.notices.show(session);
  }

  closeChannelsOf(session: SupportSessionId, representative: RepresentativeId): void {
    for (const console of this.consoles.of(representative))
      for (const channel of [...console.channels])
        if (channel.session === session) this.relay.close(channel, "channel.revoked");
  }

  closeLanes(session: SupportSessionId): void {
    for (const lane of this.lanes.of(session)) {
      this.relay.closeAllOf(lane, "session.ended");
      lane.close(closeCodes.ended, "session.ended");
    }
  }
}
