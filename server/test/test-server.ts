/** A real server on port 0 with a database of its own in a temporary directory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Area } from "../../protocol/api/sign-in.ts";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { AssetTable } from "../assets.ts";
import type { ApplianceCertificatesOptions } from "../certificates/open-appliance-certificates.ts";
import type { Clock } from "../clock.ts";
import { type Core, openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { administratorSettings, representativeSettings } from "../policy/preset-settings.ts";
import { openRooms, type RoomsOptions } from "../rooms.ts";
import { type CausewayServer, openServer, type Rooms } from "../server.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { TestBrowser } from "./test-browser.ts";
import { TestClock } from "./test-clock.ts";
import { unnamedFacts } from "./unnamed-facts.ts";

/** The first administrator of a test's site, and everybody's password. */
export const ADMINISTRATOR = "anna";
export const PASSWORD = "correct horse battery staple";

export interface TestServerOptions {
  /** Default true. */
  readonly isSetUp?: boolean;
  /** A data directory that is there already, set up, and stays; default: one of its own. */
  readonly directory?: string;
  /** Default true; the product's own default is off. */
  readonly isConsoleEnabled?: boolean;
  /** Served as on an appliance: setting up needs a code from its console. */
  readonly isAppliance?: boolean;
  /** The socket of an appliance's helper; default: there is none. */
  readonly helperSocket?: string;
  readonly clock?: Clock;
  readonly assets?: AssetTable;
  /** How certificates are had from authorities. */
  readonly certificates?: ApplianceCertificatesOptions;
  /** Where it listens; default 127.0.0.1. */
  readonly hostname?: string;
  /** Default: the real ones. */
  readonly openRooms?: (core: Core) => Rooms | Promise<Rooms>;
  /** What the real rooms are told beside where agents lie. */
  readonly rooms?: Partial<RoomsOptions>;
}

/** Disposing it ends the server and removes its directory. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  readonly core: Core;
  readonly server: CausewayServer;
  /** Stands still; `null` when the test brought a clock of its own. */
  readonly clock: TestClock | null;
  /** What the server has logged. */
  readonly log: readonly string[];
  /** Nobody's browser. */
  browser(): TestBrowser;
  /** The browser of the first administrator, signed in to the areas (default: login). */
  administrator(...areas: Area[]): Promise<TestBrowser>;
  /** The browser of a new account, signed in to the areas (default: login and console). */
  representative(username: string, settings?: TestSettings, ...areas: Area[]): Promise<TestBrowser>;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "causeway-test-"));
  const log: string[] = [];
  const testClock = options.clock === undefined ? new TestClock() : null;
  const clock = options.clock ?? testClock!;
  const core = await openCore({
    directory,
    credentialsDirectory: null,
    clock,
    log: createLog((line) => log.push(line), clock.now.bind(clock)),
    version: "0.0.0-test",
    helperSocket: options.helperSocket ?? join(directory, "no-helper.sock"),
  });
  if (options.isSetUp !== false && options.directory === undefined) await setUp(core, options.isConsoleEnabled ?? true);
  const roomsOptions = { agentsDirectory: join(directory, "agents"), ...options.rooms };
  const server = await openServer({
    core,
    assets: options.assets ?? {},
    openRooms: () => options.openRooms?.(core) ?? openRooms(core, roomsOptions),
    isAppliance: options.isAppliance ?? false,
    certificates: options.certificates ?? {},
    hostname: options.hostname ?? "127.0.0.1",
    port: 0,
  });
  const url = `https://127.0.0.1:${server.port}`;
  const browser = (): TestBrowser => new TestBrowser(url);
  return {
    url,
    port: server.port,
    directory,
    core,
    server,
    clock: testClock,
    log,
    browser,
    administrator: (...areas) => signedIn(browser(), ADMINISTRATOR, areas.length === 0 ? ["login"] : areas),
    representative: async (username, settings = "representative", ...areas) => {
      await addAccount(core, username, settings);
      return await signedIn(browser(), username, areas.length === 0 ? ["login", "console"] : areas);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      const unnamed = await unnamedFacts(core);
      await core[Symbol.asyncDispose]();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
      if (unnamed.length > 0)
        throw new Error(
          `Say in protocol/audit-details.ts what this is called in the audit log: ${unnamed.join(", ")}.`,
        );
    },
  };
}

async function setUp(core: Core, isConsoleEnabled: boolean): Promise<void> {
  const names = { siteName: "Northmoor", hostname: "localhost", username: ADMINISTRATOR, displayName: "Anna Admin" };
  const rest = { password: PASSWORD, isConsoleEnabled, certificate: null };
  await setUpSite(core, { kind: "system" }, { ...names, ...rest });
}

/** What an account may do: all, what it needs to help people with every Jump Item, or just this. */
export type TestSettings = "administrator" | "representative" | DefinedSettings;
const presets = { administrator: administratorSettings, representative: representativeSettings };

/** An account, without signing it in; returns its id. */
export async function addAccount(core: Core, username: string, settings: TestSettings): Promise<string> {
  const hash = await core.hasher.hash(PASSWORD);
  const own = typeof settings === "string" ? presets[settings] : settings;
  const account = { username, displayName: username, settings: own };
  const insert = core.database.transaction((tx) => core.representatives.insert(tx, { kind: "system" }, account, hash));
  const { id } = await insert;
  await core.policyBook.changed();
  return id;
}

async function signedIn(browser: TestBrowser, username: string, areas: readonly Area[]): Promise<TestBrowser> {
  for (const area of areas) await browser.signIn(area, username, PASSWORD);
  return browser;
}

/** Rooms with nothing in them, for tests of the core alone. */
export function noRooms(): Rooms {
  const ignore = (): void => undefined;
  return {
    routes: [],
    gateway: {
      upgrade: () => new Response(null, { status: 503 }),
      websocket: { open: ignore, message: ignore, drain: ignore, close: ignore },
    },
    listening: ignore,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
