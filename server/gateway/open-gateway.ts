/** Wires the gateway with the nouns it serves: Jump Clients, installers, Jump Groups, Jump Items, support sessions. */
import type { JumpClientId } from "../../protocol/ids.ts";
import type { Core } from "../core.ts";
import { installerRoutes } from "../installers/routes.ts";
import type { Installers } from "../installers/installers.ts";
import { installersOf } from "../installers/site-facts.ts";
import { AgentBinaries } from "../installers/agent-binaries.ts";
import { JumpClientAdmission } from "../jump-clients/admission.ts";
import { JumpClients } from "../jump-clients/jump-clients.ts";
import { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import { Presence } from "../jump-clients/presence.ts";
import { jumpClientRoutes } from "../jump-clients/routes.ts";
import { JumpGroups } from "../jump-groups/jump-groups.ts";
import { jumpGroupRoutes } from "../jump-groups/routes.ts";
import { JumpItemChanges } from "../jump-items/jump-item-changes.ts";
import { JumpItems } from "../jump-items/jump-items.ts";
import { jumpItemRoutes } from "../jump-items/routes.ts";
import type { Route } from "../route.ts";
import type { AgentLinks } from "../support-sessions/agent-link.ts";
import { LiveSessions } from "../support-sessions/live-sessions.ts";
import { SessionTickets } from "../support-sessions/session-tickets.ts";
import { GatewayAccess } from "./access.ts";
import { GatewayAgentLinks } from "./agent-links.ts";
import { AgentSettingsCache } from "./agent-settings.ts";
import { ConsoleSockets } from "./console-sockets.ts";
import { controlFrame } from "./control-frame.ts";
import type { Gateway } from "./gateway-interface.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { SocketGateway } from "./gateway.ts";
import { Lanes } from "./lanes.ts";
import { GatewayOutlet } from "./outlet.ts";
import { Relay } from "./relay.ts";
import { ToolEvents } from "./tool-events.ts";
import { ToolRequests } from "./tool-requests.ts";
import { UnprovedSockets } from "./unproved-sockets.ts";

const HEARTBEAT_INTERVAL_MS = 30_000;

export interface GatewayOptions {
  /** Where the agents of every platform lie: <directory>/<platform>/causeway-agent.gz. */
  readonly agentsDirectory: string;
  /** The port the site is reached at; asked when an installer is made, which is after it is known. */
  readonly port: () => number;
  /** Shorter in tests. */
  readonly heartbeatIntervalMs?: number;
  readonly proofTimeoutMs?: number;
}

/** The gateway as the server and the other rooms use it; disposing it stops its timers and writes what waits. */
export interface OpenedGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly routes: readonly Route[];
  readonly agentLinks: AgentLinks;
  readonly installers: Installers;
  readonly sessions: LiveSessions;
  readonly online: OnlineJumpClients;
}

/** Takes up the sessions that ran when the server stopped, and is ready for sockets. */
export async function openGateway(core: Core, options: GatewayOptions): Promise<OpenedGateway> {
  const { database, audit, clock, log, site } = core;
  const heartbeatIntervalMs = options.heartbeatIntervalMs ?? HEARTBEAT_INTERVAL_MS;
  const relay = new Relay(crypto.getRandomValues(new Uint32Array(1))[0]!);
  const lanes = new Lanes();
  const consoles = new ConsoleSockets();
  const online = new OnlineJumpClients();
  const access = new GatewayAccess(() => core.settings.policies(), clock.now);
  const changes = new JumpItemChanges((jumpItems) => {
    const frame = controlFrame({ type: "jump-items.changed", jumpItems });
    for (const console of [...consoles.all()]) console.send(frame);
  });
  const presence = new Presence(database, clock, log, (written) => changes.add(written));
  const installers = installersOf(core, options.port);
  const tickets = new SessionTickets(site.key, clock);
  const outlet = new GatewayOutlet(online, consoles, lanes, relay, access);
  const sessions = new LiveSessions(database, audit, clock, log, tickets, outlet, {
    countAccess: (tx, jumpClient) => jumpClients.countAccess(tx, jumpClient),
    changed: (jumpClient) => changes.add([jumpClient]),
  });
  const jumpClients = new JumpClients(database, audit, clock, online, {
    changed: (changed) => changes.add(changed),
    moved: (jumpClient, jumpGroup) => sessions.jumpClientMoved(jumpClient, jumpGroup),
    leaving: (jumpClient) => leave(jumpClient, sessions, online),
  });
  const agentSettings = new AgentSettingsCache(core, heartbeatIntervalMs);
  const toolRequests = new ToolRequests(relay, lanes, clock, log);
  const parts: GatewayParts = {
    siteId: site.siteId,
    serverVersion: core.version,
    ...{ clock, log, relay, access, presence, jumpClients, consoles, lanes, tickets, sessions, toolRequests },
    agents: online,
    unproved: new UnprovedSockets(options.proofTimeoutMs),
    admission: new JumpClientAdmission(database, audit, clock, installers, site.siteId),
    toolEvents: new ToolEvents(consoles, access),
    redeemSocketTicket: (ticket) => core.socketTickets.redeem(ticket),
    isSignedIn: async ({ signIn, area, address }) => (await core.signIns.findBySignIn(signIn, area, address)) !== null,
    touch: ({ signIn }) => core.signIns.touch(signIn),
    agentSettings: () => agentSettings.read(),
  };
  await jumpClients.begin();
  await sessions.restore();
  await access.refresh();
  const gateway = new SocketGateway(parts, heartbeatIntervalMs);
  const stack = new AsyncDisposableStack();
  stack.use(sessions);
  stack.use(presence);
  stack.use(changes);
  stack.use(gateway);
  stack.use(core.signIns.onRevoked((revocation) => gateway.revoked(revocation)));
  stack.use(
    core.certificates.onTrustChanged((trustBundle) => {
      agentSettings.forget();
      const frame = controlFrame({ type: "trust.changed", trustBundle });
      for (const agent of online.all()) agent.sendFrame(frame);
    }),
  );
  const jumpGroups = new JumpGroups(database, audit, clock, () => changes.addEverything());
  const jumpItems = new JumpItems(database, jumpClients, sessions, (actor, item) => access.permissionsOn(actor, item));
  return {
    gateway,
    routes: [
      ...jumpClientRoutes(jumpClients),
      ...jumpGroupRoutes(jumpGroups),
      ...jumpItemRoutes(jumpItems, jumpClients),
      ...installerRoutes(installers, new AgentBinaries(options.agentsDirectory)),
    ],
    agentLinks: new GatewayAgentLinks(sessions, lanes, relay, toolRequests, log),
    installers,
    sessions,
    online,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A removed Jump Client's session ends, and it is told at once if it is there. */
function leave(jumpClient: JumpClientId, sessions: LiveSessions, online: OnlineJumpClients): void {
  sessions.jumpClientRemoved(jumpClient);
  online.get(jumpClient)?.dismiss("This Jump Client was removed from its site.");
}
