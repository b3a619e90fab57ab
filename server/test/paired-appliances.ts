/** Two appliances as two serving processes of their own, which a test can kill: one with a site, one fresh. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Invitation, Standby } from "../../protocol/api/appliance/standby.ts";
import { systemClock } from "../clock.ts";
import { type Core, openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { setUpSite } from "../set-up/set-up.ts";
import type { PartedMachine } from "./parted-machines.ts";
import { type ServingProcess, startServingProcess } from "./serving-process.ts";
import { TestBrowser } from "./test-browser.ts";
import { ADMINISTRATOR, PASSWORD } from "./test-server.ts";

const WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 20;
const PATH = "/api/appliance/standby";

/** Asks again until something is so. @throws {Error} with what it waited for */
export async function eventually<T>(what: string, look: () => Promise<T | null>, waitMs = WAIT_MS): Promise<T> {
  const endsAt = performance.now() + waitMs;
  let last: unknown = null;
  while (performance.now() < endsAt) {
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      last = error;
    }
    await Bun.sleep(LOOK_AGAIN_MS);
  }
  throw new Error(`it never happened: ${what}`, { cause: last });
}

/** One of the two; it keeps its port. */
export class Appliance implements AsyncDisposable {
  #process: ServingProcess | null = null;
  #port = 0;
  /** Signed in to /appliance. */
  #olga: TestBrowser | null = null;
  readonly directory: string;
  readonly #isOwn: boolean;
  /**
   * @param directory its data directory; whoever made it removes it
   * @param machine where it runs; default: here
   */
  constructor(
    directory?: string,
    private readonly machine?: PartedMachine,
  ) {
    this.directory = directory ?? mkdtempSync(join(tmpdir(), "causeway-pair-"));
    this.#isOwn = directory === undefined;
  }

  get url(): string {
    return `https://${this.machine?.address ?? "127.0.0.1"}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** The data directory, opened by this process, while no server has it or beside one. */
  async core<T>(use: (core: Core) => Promise<T>): Promise<T> {
    const log = createLog(() => undefined, systemClock.now);
    const { directory } = this;
    await using core = await openCore({
      ...{ directory, credentialsDirectory: null, clock: systemClock, log, version: "0.0.0-test" },
    });
    return await use(core);
  }

  /** An administrator of the appliance; before it is started. */
  async addAdministrator(username: string): Promise<void> {
    const code = await this.core(({ applianceAccess }) => applianceAccess.presenceCodes.create());
    await this.start();
    const browser = new TestBrowser(this.url);
    await browser.json("POST", "/api/appliance/with-code", { code, username, password: PASSWORD });
    this.#olga = browser;
  }

  /** @param port another one than before, as when an address is taken over */
  async start(port = this.#port): Promise<void> {
    this.#process = await startServingProcess(this.directory, port, 0, this.machine);
    this.#port = this.#process.port;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = null;
  }

  /** It stands still, as a machine does that hangs, until it is killed. */
  hold(): void {
    this.#process?.hold();
  }

  /** As a service manager stops it: everything is closed. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = null;
  }

  /** Somebody else signs in to its /appliance from now on. */
  async signIn(username: string): Promise<TestBrowser> {
    const browser = new TestBrowser(this.url);
    await eventually(`${username} signs in`, async () => {
      await browser.json("POST", "/api/appliance/sign-in", { username, password: PASSWORD });
      return true;
    });
    this.#olga = browser;
    return browser;
  }

  get appliance(): TestBrowser {
    if (this.#olga === null) throw new Error("nobody is signed in to its /appliance");
    return this.#olga;
  }

  async pair(): Promise<Standby> {
    return await this.appliance.json<Standby>("GET", PATH);
  }

  /** Waits until what it says of the pair is as it should be. */
  async pairIs(what: string, isSo: (pair: Standby) => boolean, waitMs = WAIT_MS): Promise<Standby> {
    let last: Standby | null = null;
    try {
      return await eventually(
        what,
        async () => {
          last = await this.pair();
          return isSo(last) ? last : null;
        },
        waitMs,
      );
    } catch (error) {
      throw new Error(`${what}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  async act(what: string, body: object = {}): Promise<Standby> {
    return await this.appliance.json<Standby>("POST", `${PATH}/${what}`, body);
  }

  async invitation(): Promise<string> {
    return (await this.appliance.json<Invitation>("POST", `${PATH}/invitation`, {})).invitation;
  }

  /** The site's administrator, signed in to /login. */
  async administrator(): Promise<TestBrowser> {
    const browser = new TestBrowser(this.url);
    await eventually("the administrator signs in", async () => {
      await browser.signIn("login", ADMINISTRATOR, PASSWORD);
      return true;
    });
    return browser;
  }

  /** What the site's administrator gets who asks an appliance that does not serve it. */
  async administratorRefused(): Promise<Response> {
    return await new TestBrowser(this.url).request("GET", "/login");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    if (this.#isOwn) rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * A site and a fresh appliance that is nobody's standby yet; both serve.
 * @param freshDirectory the data directory of the fresh one
 * @param machines where they run; default: here
 */
export async function twoAppliances(
  freshDirectory?: string,
  machines: readonly PartedMachine[] = [],
): Promise<{ site: Appliance; fresh: Appliance } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const site = stack.use(new Appliance(undefined, machines[0]));
  const fresh = stack.use(new Appliance(freshDirectory, machines[1]));
  await site.core(async (core) => {
    const account = { username: ADMINISTRATOR, displayName: "Anna Admin", password: PASSWORD };
    const facts = { siteName: "Northmoor", hostname: "localhost", isConsoleEnabled: true, certificate: null };
    await setUpSite(core, { kind: "system" }, { ...facts, ...account });
  });
  await Promise.all([site.addAdministrator("olga"), fresh.addAdministrator("otto")]);
  const opened = stack.move();
  return { site, fresh, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The same, as a pair that is in step. */
export async function pairedAppliances(
  standbyDirectory?: string,
): Promise<{ primary: Appliance; standby: Appliance } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const two = stack.use(await twoAppliances(standbyDirectory));
  await two.fresh.act("join", { invitation: await two.site.invitation() });
  await inStep(two.site);
  const opened = stack.move();
  return { primary: two.site, standby: two.fresh, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Waits until a primary's standby holds all it has. */
export async function inStep(primary: Appliance, waitMs = WAIT_MS): Promise<Standby> {
  return await primary.pairIs(
    "the standby is in step",
    ({ peer, copying, behindBytes }) => peer?.isReached === true && copying === null && behindBytes === 0,
    waitMs,
  );
}
