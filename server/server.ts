/** The object graph of a serving process, wired by hand. */
import type { Listeners, ListenerUse } from "../protocol/api/appliance/access.ts";
import { announcementRoutes } from "./announcements/routes.ts";
import { createAnswer } from "./answer.ts";
import type { AssetTable } from "./assets.ts";
import { apiAccountRoutes } from "./api-accounts/routes.ts";
import { applianceAccessRoutes } from "./appliance-administrators/routes.ts";
import { applianceCertificateRoutes } from "./certificates/appliance-routes.ts";
import type { PartSource } from "./appliance-status/parts.ts";
import { auditRoutes } from "./audit/routes.ts";
import { backupRoutes } from "./backups/routes.ts";
import {
  type ApplianceCertificateParts,
  type ApplianceCertificatesOptions,
  openApplianceCertificates,
} from "./certificates/open-appliance-certificates.ts";
import { certificateRoutes } from "./certificates/routes.ts";
import type { Core } from "./core.ts";
import { lockForServing } from "./database/data-directory.ts";
import { emailRoutes } from "./email/routes.ts";
import type { Gateway } from "./gateway/gateway-interface.ts";
import { groupPolicyRoutes } from "./group-policies/routes.ts";
import { ListenerSettings, readChosenListeners } from "./listeners/listener-settings.ts";
import { type Answer, ListeningPlaces } from "./listeners/listening-places.ts";
import { ownAddresses } from "./listeners/own-addresses.ts";
import { keyOf, type MainPlace, placeOf } from "./listeners/plan.ts";
import { type FirewallOpenings, keepFirewall } from "./listeners/firewall.ts";
import { listenerRoutes } from "./listeners/routes.ts";
import { preferencesRoutes } from "./preferences/routes.ts";
import { arrivalRoutes } from "./providers/arrival-routes.ts";
import { providerRoutes } from "./providers/routes.ts";
import { scimRoutes } from "./providers/scim-routes.ts";
import { releaseNotesRoutes } from "./release-notes/routes.ts";
import { representativeRoutes } from "./representatives/routes.ts";
import { securityRoutes } from "./security/routes.ts";
import { Retention } from "./retention/retention.ts";
import type { Route } from "./route.ts";
import { setUpRoutes } from "./set-up/routes.ts";
import { removeServingPlace, writeServingPlace } from "./self-test/serving-place.ts";
import { gated } from "./standby/answer-gate.ts";
import { withLanes } from "./standby/lane/lane-gateway.ts";
import { dialledAt, type OpenedStandby, openStandby } from "./standby/open-standby.ts";
import { Pair } from "./standby/pair.ts";
import { standbyRoutes } from "./standby/routes.ts";
import { settingsRoutes } from "./settings/routes.ts";
import { accountRoutes } from "./sign-in/account-routes.ts";
import { endOutsideSchedules } from "./sign-in/schedule-end.ts";
import { signInRoutes } from "./sign-in/routes.ts";
import { siteRoutes } from "./site/routes.ts";
import { teamRoutes } from "./teams/routes.ts";

const OUTSIDE_CHECK_MS = 1000;
const SWEEP_MS = 30_000;
/** Old records are looked for once an hour: the page promises days. */
const RETENTION_MS = 3_600_000;

export interface ServerOptions {
  readonly core: Core;
  readonly assets: AssetTable;
  readonly hostname: string;
  readonly port: number;
  /** Whether the set-up page offers the web console switched on. */
  readonly isConsoleSuggested?: boolean;
  /** Whether setting up needs a code from the machine's own console. */
  readonly isAppliance?: boolean;
  /** How certificates are had from authorities; default: proofs on port 80, no firewall. */
  readonly certificates?: ApplianceCertificatesOptions;
  /** What this appliance is in its pair; default: as its data directory says. */
  readonly pair?: Pair;
  /** Opens the rooms beside the core; called once the data directory is ours. */
  openRooms(): Rooms | Promise<Rooms>;
}
export interface Rooms extends AsyncDisposable {
  readonly routes: readonly Route[];
  readonly gateway: Gateway;
  /** Told which port computers connect to, which installers name; again when it changes. */
  listening(port: number): void;
  /** What the firewall lets in beside the listeners. */
  readonly firewallOpenings?: readonly FirewallOpenings[];
  /** Shows one more part in the appliance's status. */
  addPart?(part: PartSource): void;
}

/** A serving process; disposing it ends every connection. */
export interface CausewayServer extends AsyncDisposable {
  readonly port: number;
  /** Every route there is, for tests that go through all of them. */
  readonly routes: readonly Route[];
  /** Where it answers whom now. */
  readonly listeners: ListenerSettings;
}

/** The routes of the core's own nouns. */
export function coreRoutes(core: Core, isConsoleSuggested: boolean, isAppliance = false): Route[] {
  return [
    ...siteRoutes({ ...core, isConsoleSuggested, isAppliance }),
    ...signInRoutes(core),
    ...accountRoutes(core),
    ...securityRoutes(core),
    ...emailRoutes(core),
    ...announcementRoutes(core),
    ...apiAccountRoutes(core),
    ...providerRoutes(core.providers),
    ...arrivalRoutes(core.providers),
    ...scimRoutes(core.providers.scim),
    ...representativeRoutes(core),
    ...teamRoutes(core),
    ...groupPolicyRoutes(core),
    ...settingsRoutes(core),
    ...certificateRoutes(core.certificates),
    ...releaseNotesRoutes(core),
    ...preferencesRoutes(core.database),
    ...auditRoutes(core),
    ...applianceAccessRoutes(core),
    ...backupRoutes(core),
  ];
}

/**
 * Serves until disposed.
 * @throws {Error} when another process serves from the same data directory, or the port is taken.
 */
export async function openServer(options: ServerOptions): Promise<CausewayServer> {
  const { core, assets, openRooms, hostname, port, isConsoleSuggested = false, isAppliance = false } = options;
  await using stack = new AsyncDisposableStack();
  stack.use(lockForServing(core.directory));
  await clearUp(core);
  stack.defer(async () => {
    await Promise.all([core.backups.stop(), core.restores.stop()]);
  });
  const pair = options.pair ?? stack.use(await Pair.open(core.directory, core));
  const listeners = await readChosenListeners(core);
  let administration: MainPlace = { hostname, port };
  let places: ListeningPlaces | null = null;
  let listenerSettings: ListenerSettings | null = null;
  // Things end in the opposite order: nothing new comes in, the gateway ends its sockets, requests under way have a
  // moment, the ports are free, the directory is free.
  stack.defer(() => places?.[Symbol.asyncDispose]());
  const rooms = stack.use(await openRooms());
  const ownPlace = () => dialledAt(administration);
  const standby = stack.use(openStandby({ core, pair, ownPlace, ownAddresses }));
  rooms.addPart?.(pairPart(standby));
  const listenersOwn = listenerRoutes(() => listenerSettings!);
  const applianceCertificates = stack.use(openApplianceCertificates(core, options.certificates));
  const routes = [
    ...coreRoutes(core, isConsoleSuggested, isAppliance),
    ...rooms.routes,
    ...listenersOwn,
    ...applianceCertificateRoutes(applianceCertificates.certificates, applianceCertificates.acme),
    ...standbyRoutes(standby.failoverPair),
  ];
  const presenceCodes = isAppliance ? core.applianceAccess.presenceCodes : null;
  const settingUp = setUpRoutes({ ...core, presenceCodes });
  const consoleAddress = (url: string) => listenerSettings?.consoleAddress(url) ?? null;
  const gateway = withLanes(rooms.gateway, standby.host);
  const answer = gated(createAnswer({ core, assets, gateway, routes, settingUp, consoleAddress }), gateway, pair);
  const listening = await openPlaces(core, gateway, answer, { hostname, port }, listeners);
  places = listening;
  const settings = new ListenerSettings(core, listening, listeners);
  stack.use(
    settings.onChanged((chosen) => {
      administration = placeOf(chosen.administration, listening.main);
      tellPlaces(core, rooms, listening.main, chosen);
    }),
  );
  stack.use(keepFirewall(settings, rooms.firewallOpenings ?? [], core.systemHelper, core.log));
  stack.defer(() => removeServingPlace(core.directory));
  listenerSettings = settings;
  requireMainPlace(listening);
  stack.use(core.certificates.onServedChanged((served) => listening.replaceCertificate(served)));
  stack.use(core.security.onChanged((rules) => listening.requireTls(rules.minimumTlsVersion)));
  stack.defer(startTimers(core, settings, applianceCertificates, pair));
  standby.start();
  stack.defer(() => listening.stopAccepting());
  const opened = stack.move();
  return {
    port: listening.main.port,
    routes: [...routes, ...settingUp],
    listeners: settings,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What a process that ended early left behind. */
async function clearUp({ certificates, backups, restores }: Core): Promise<void> {
  await certificates.forgetComing();
  await backups.clearUp();
  await restores.clearUp();
}

/** How the pair is, for the appliance's status; nothing where there is none. */
function pairPart(standby: OpenedStandby): PartSource {
  return async () => {
    const health = standby.health();
    return health === null ? null : { name: "standby", load: 0, ...health };
  };
}

/** The listening sockets as they are chosen. */
async function openPlaces(core: Core, gateway: Gateway, answer: Answer, main: MainPlace, chosen: Listeners) {
  const certificate = await core.certificates.served();
  const { minimumTlsVersion } = core.security.current();
  const failed = (error: unknown): void => core.log.error("a request failed", error);
  const serving = { certificate, minimumTlsVersion, websocket: gateway.websocket, failed, answer };
  return new ListeningPlaces({ ...serving, main, log: core.log, ownAddresses }, chosen);
}

/** Whoever names an address to others hears where each use is answered now. */
function tellPlaces(core: Core, rooms: Rooms, main: MainPlace, chosen: Listeners): void {
  const placeFor = (use: ListenerUse): MainPlace => placeOf(chosen[use], main);
  core.publicAddress.listensOn(placeFor("administration").port, [placeFor("consoles").port]);
  rooms.listening(placeFor("endpoints").port);
  writeServingPlace(core.directory, {
    endpoints: placeFor("endpoints"),
    consoles: placeFor("consoles"),
    administration: placeFor("administration"),
  });
}

/** What was typed after --listen must be there at the start; what was chosen at /appliance may come later. */
function requireMainPlace({ main, problems }: ListeningPlaces): void {
  const problem = problems.find((found) => keyOf(found) === keyOf(main));
  if (problem !== undefined)
    throw new Error(`${main.hostname}:${main.port} is taken, or not ours to listen on. Choose another with --listen.`);
}

/** What another process changes is noticed within a second; idle sign-ins end within half a minute. */
function startTimers(core: Core, listeners: ListenerSettings, own: ApplianceCertificateParts, pair: Pair): () => void {
  const { signIns, security, policyBook, certificates, clock, log } = core;
  const retention = new Retention(core);
  const { isServing } = pair;
  // Once the role was given away the database takes nothing any more.
  const isGivenAway = (): boolean => isServing !== pair.isServing;
  const failed = (error: unknown): void => void (isGivenAway() || log.error("a check failed", error));
  const run = (work: () => Promise<void>) => () => void (isGivenAway() || work().catch(failed));
  const outside = setInterval(
    run(async () => {
      await Promise.all([signIns.checkOutside(), policyBook.checkOutside(), security.checkOutside()]);
      await endOutsideSchedules(policyBook, signIns, clock);
      await certificates.reload();
      await own.tick();
    }),
    OUTSIDE_CHECK_MS,
  );
  const places = setInterval(
    run(() => listeners.tick()),
    OUTSIDE_CHECK_MS,
  );
  const sweep = setInterval(
    run(async () => {
      await signIns.sweep();
      await core.applianceSignIns.sweep();
      await core.providers.refusals.writeOver();
    }),
    SWEEP_MS,
  );
  // Where the site is not served its data are an old copy: nothing of it is backed up or trimmed.
  const backups = setInterval(
    run(async () => (isServing ? await core.timetable.tick() : undefined)),
    SWEEP_MS,
  );
  const trim = setInterval(
    run(async () => (isServing ? await retention.run() : undefined)),
    RETENTION_MS,
  );
  return () => {
    clearInterval(outside);
    clearInterval(places);
    clearInterval(sweep);
    clearInterval(backups);
    clearInterval(trim);
  };
}
