import type { Clock } from "../clock.ts";
import type { Actor } from "../actor.ts";
import type { JumpClientAdmission } from "../jump-clients/admission.ts";
import type { JumpClients } from "../jump-clients/jump-clients.ts";
import type { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import type { Presence } from "../jump-clients/presence.ts";
import type { Log } from "../log.ts";
import type { AccountRights } from "../policy/policies.ts";
import type { LiveSessions } from "../support-sessions/live-sessions.ts";
import type { SessionDrain } from "../support-sessions/session-drain.ts";
import type { StartConditions } from "../support-sessions/start-conditions.ts";
import type { SessionTickets } from "../support-sessions/session-tickets.ts";
import type { GatewayAccess } from "./access.ts";
import type { ConsoleSockets } from "./console-sockets.ts";
import type { Lanes } from "./lanes.ts";
import type { Relay } from "./relay.ts";
import type { Typing } from "./typing.ts";
import type { SessionConsents } from "./session-consents.ts";
import type { ToolEvents } from "./tool-events.ts";
import type { ToolRequests } from "./tool-requests.ts";
import type { UnprovedSockets } from "./unproved-sockets.ts";

/** What agents are told of the site and its wishes; asked at each welcome. */
export interface AgentSettings {
  readonly heartbeatIntervalMs: number;
  readonly statisticsIntervalMs: number;
  readonly trustBundle: { readonly version: number; readonly jws: string };
}

/** What every socket of the gateway works with: one object for all of them, so that a socket carries one reference. */
export interface GatewayParts {
  readonly siteId: string;
  readonly serverVersion: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly relay: Relay;
  readonly typing: Typing;
  readonly unproved: UnprovedSockets;
  readonly access: GatewayAccess;
  readonly admission: JumpClientAdmission;
  readonly agents: OnlineJumpClients;
  readonly presence: Presence;
  readonly jumpClients: JumpClients;
  readonly consoles: ConsoleSockets;
  readonly lanes: Lanes;
  readonly tickets: SessionTickets;
  readonly sessions: LiveSessions;
  readonly conditions: StartConditions;
  readonly toolRequests: ToolRequests;
  readonly consents: SessionConsents;
  readonly drain: SessionDrain;
  readonly toolEvents: ToolEvents;
  /** What holds for an account now; null: it is gone. */
  rightsOf(account: string): Promise<AccountRights | null>;
  /** The console's one-time ticket to whoever got it; null: not valid. */
  redeemSocketTicket(ticket: string): Promise<Actor | null>;
  /** Whether the sign-in this actor came by still holds. */
  isSignedIn(actor: Actor): Promise<boolean>;
  /** The actor does something: the sign-in is not idle. */
  touch(actor: Actor): void;
  agentSettings(): Promise<AgentSettings>;
}
