/** Wires the gateway with the nouns it serves: Jump Clients, installers, Jump Groups, Jump Items, support sessions. */
import type { Refusal } from "../../protocol/errors.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Core } from "../core.ts";
import type { Tx } from "../database/database.ts";
import { endTransfersOf } from "../file-transfers/session-end.ts";
import type { Installers } from "../installers/installers.ts";
import { installersOf } from "../installers/site-facts.ts";
import { JumpClientAdmission } from "../jump-clients/admission.ts";
import { JumpClients } from "../jump-clients/jump-clients.ts";
import { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import { Presence } from "../jump-clients/presence.ts";
import { JumpItemChanges } from "../jump-items/jump-item-changes.ts";
import { JumpItemEdits } from "../jump-items/jump-item-edits.ts";
import { JumpItemSight } from "../jump-items/jump-item-sight.ts";
import { JumpItems } from "../jump-items/jump-items.ts";
import type { AgentLinks } from "../support-sessions/agent-link.ts";
import { LiveSessions } from "../support-sessions/live-sessions.ts";
import { SessionDrain } from "../support-sessions/session-drain.ts";
import { SessionTickets } from "../support-sessions/session-tickets.ts";
import { GatewayAccess } from "./access.ts";
import { GatewayAgentLinks } from "./agent-links.ts";
import { AgentSettingsCache } from "./agent-settings.ts";
import { ConsoleSockets } from "./console-sockets.ts";
import { controlFrame } from "./control-frame.ts";
import { CustomerNotices } from "./customer-notices.ts";
import type { Gateway } from "./gateway-interface.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { SocketGateway } from "./gateway.ts";
import { JumpItemNews } from "./jump-item-news.ts";
import { Lanes } from "./lanes.ts";
import { LivePermissions } from "./live-permissions.ts";
import { openStarts, type StartParts } from "./open-starts.ts";
import { GatewayOutlet } from "./outlet.ts";
import { Relay } from "./relay.ts";
import { Typing } from "./typing.ts";
import { SessionConsents } from "./session-consents.ts";
import { ToolEvents } from "./tool-events.ts";
import { ToolRequests } from "./tool-requests.ts";
import { UnprovedSockets } from "./unproved-sockets.ts";

const HEARTBEAT_INTERVAL_MS = 30_000;

export interface GatewayOptions {
  /** The port the site is reached at; asked when an installer is made, which is after it is known. */
  readonly port: () => number;
  /** How often a Jump Client is to be heard, in ms; shorter in tests. */
  readonly heartbeatIntervalMs?: number;
  /** How long a socket may take to prove itself, in ms; shorter in tests. */
  readonly proofTimeoutMs?: number;
}

/** The gateway and its nouns as the server uses them; disposing it stops the timers and writes what waits. */
export interface OpenedGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly agentLinks: AgentLinks;
  readonly installers: Installers;
  readonly jumpClients: JumpClients;
  readonly jumpItems: JumpItems;
  readonly jumpItemEdits: JumpItemEdits;
  readonly starts: StartParts;
  readonly sessions: LiveSessions;
  /** What is asked of sessions before the server stops. */
  readonly drain: SessionDrain;
}

/** What both the sockets and the nouns hold on to. */
interface Wires {
  readonly parts: GatewayParts;
  readonly changes: JumpItemChanges;
  readonly sight: JumpItemSight;
  readonly starts: StartParts;
  readonly installers: Installers;
  readonly agentSettings: AgentSettingsCache;
  readonly agentLinks: GatewayAgentLinks;
  readonly livePermissions: LivePermissions;
}

/** Takes up the sessions that ran when the server stopped, and is ready for sockets. */
export async function openGateway(core: Core, options: GatewayOptions): Promise<OpenedGateway> {
  const { database, audit, clock } = core;
  const heartbeatIntervalMs = options.heartbeatIntervalMs ?? HEARTBEAT_INTERVAL_MS;
  const wires = wire(core, options, heartbeatIntervalMs);
  const { parts, installers } = wires;
  const { access, jumpClients, sessions } = parts;
  await jumpClients.begin();
  await sessions.restore();
  // A Jump Policy may have been changed so late that no session's end was written down any more.
  sessions.reschedule((session) => parts.conditions.endOf(session));
  const gateway = new SocketGateway(parts, heartbeatIntervalMs);
  const stack = attach(core, gateway, wires);
  return {
    gateway,
    agentLinks: wires.agentLinks,
    installers,
    jumpClients,
    jumpItems: new JumpItems({
      ...{ database, clock, jumpClients, sessions, sight: wires.sight },
      permissionsOn: (actor, item) => access.permissionsOn(actor, item),
      conditions: wires.starts.conditions,
    }),
    starts: wires.starts,
    jumpItemEdits: new JumpItemEdits({
      ...{ database, audit, clock, policyBook: core.policyBook, sight: wires.sight, edits: jumpClients.edits },
      recordDenial: (actor, id, permission) => jumpClients.recordDenial(auditActor(actor), id, permission),
    }),
    sessions,
    drain: parts.drain,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Makes the parts, each from those before it. */
function wire(core: Core, options: GatewayOptions, heartbeatIntervalMs: number): Wires {
  const { database, audit, clock, log, site, settings } = core;
  const relay = new Relay(crypto.getRandomValues(new Uint32Array(1))[0]!);
  const lanes = new Lanes();
  const consoles = new ConsoleSockets();
  const agents = new OnlineJumpClients();
  const access = new GatewayAccess(core.policyBook, () => clock.now());
  const sight = new JumpItemSight(core.policyBook, () => clock.now());
  const placesOf = (ids: readonly JumpClientId[]) => jumpClients.jumpGroupsOf(ids);
  const news = new JumpItemNews(consoles, access, sight, placesOf, log);
  const changes = new JumpItemChanges((changed) => news.tell(changed));
  const presence = new Presence(database, clock, log, (written) => changes.add(written));
  const installers = installersOf(core, options.port);
  const tickets = new SessionTickets(site.key, clock);
  const notices = new CustomerNotices(agents, settings, log);
  const outlet = new GatewayOutlet(agents, consoles, lanes, relay, access, notices);
  const sessionWatcher = {
    countAccess: (tx: Tx, jumpClient: JumpClientId) => jumpClients.countAccess(tx, jumpClient),
    changed: (jumpClient: JumpClientId) => changes.add([jumpClient]),
  };
  const sessions = new LiveSessions({
    ...{ database, audit, clock, log, tickets, outlet },
    jumpClients: sessionWatcher,
    ending: (tx, session, at) => endTransfersOf(tx, audit, session, at),
  });
  const jumpClients = new JumpClients(database, audit, clock, agents, core.policyBook, {
    changed: (changed, left) => changes.add(changed, left),
    moved: (jumpClient, place) => {
      sessions.jumpClientMoved(jumpClient, place);
      sessions.reschedule((session) => starts.conditions.endOf(session));
      livePermissions.reconsider();
    },
    leaving: (jumpClient) => {
      sessions.jumpClientRemoved(jumpClient);
      agents.get(jumpClient)?.dismiss("This Jump Client was removed from its site.");
    },
  });
  const agentSettings = new AgentSettingsCache(core, heartbeatIntervalMs);
  const starts = openStarts(core, {
    ...{ jumpClients, sessions, consoles, access },
    changed: (jumpItem) => changes.add([jumpItem]),
  });
  const toolRequests = new ToolRequests(relay, lanes, clock, log);
  const consents = new SessionConsents({ access, agents, consoles, sessions, clock, log, settings });
  const parts: GatewayParts = {
    ...{ consents, drain: new SessionDrain(sessions, outlet, log), typing: new Typing() },
    ...{ clock, log, relay, access, agents, presence, jumpClients, consoles, lanes, tickets, sessions, toolRequests },
    conditions: starts.conditions,
    siteId: site.siteId,
    serverVersion: core.version,
    unproved: new UnprovedSockets(options.proofTimeoutMs),
    admission: new JumpClientAdmission(database, audit, clock, installers, site.siteId),
    toolEvents: new ToolEvents(consoles, access),
    ...whoIsThere(core),
    agentSettings: () => agentSettings.read(),
  };
  const agentLinks = new GatewayAgentLinks(parts);
  const livePermissions = followingPolicies(core, parts, agentLinks);
  return { parts, changes, sight, starts, installers, agentSettings, agentLinks, livePermissions };
}

/** What sockets ask about whoever is at their other end. */
function whoIsThere(core: Core): Pick<GatewayParts, "rightsOf" | "redeemSocketTicket" | "isSignedIn" | "touch"> {
  return {
    rightsOf: (id) => core.policyBook.find(id),
    redeemSocketTicket: (ticket) => core.socketTickets.redeem(ticket),
    isSignedIn: async ({ signIn, area, address }) => (await core.signIns.findBySignIn(signIn, area, address)) !== null,
    touch: ({ signIn }) => core.signIns.touch(signIn),
  };
}

function followingPolicies(core: Core, parts: GatewayParts, agentLinks: GatewayAgentLinks): LivePermissions {
  const endConsoles = async (account: string, why: Refusal) => {
    await core.signIns.end({ representative: account, area: "console" }, why);
  };
  return new LivePermissions({ parts, agentLinks, endConsoles });
}

/** Listens to what the core tells of; everything it opens is closed by the stack. */
function attach(core: Core, gateway: SocketGateway, wires: Wires): AsyncDisposableStack {
  const { parts, changes, agentSettings, livePermissions } = wires;
  const stack = new AsyncDisposableStack();
  stack.use(parts.sessions);
  stack.use(parts.presence);
  stack.use(changes);
  stack.use(parts.consents);
  stack.use(gateway);
  stack.use(core.policyBook.onChanged(() => changes.addEverything()));
  const { sessions, conditions } = parts;
  stack.use(core.policyBook.onChanged(() => sessions.reschedule((session) => conditions.endOf(session))));
  stack.use(livePermissions);
  stack.use(core.policyBook.onChanged(() => livePermissions.reconsider()));
  stack.use(core.signIns.onRevoked((revocation) => gateway.revoked(revocation)));
  stack.use(core.announcements.onChanged(() => tellOfAnnouncements(parts)));
  stack.use(
    core.certificates.onTrustChanged((trustBundle) => {
      agentSettings.forget();
      const frame = controlFrame({ type: "trust.changed", trustBundle });
      for (const agent of parts.agents.all()) agent.sendFrame(frame);
    }),
  );
  return stack;
}

/** Every console looks again at what is said to everybody. */
function tellOfAnnouncements({ consoles }: GatewayParts): void {
  const frame = controlFrame({ type: "announcements.changed" });
  for (const console of [...consoles.all()]) console.send(frame);
}
