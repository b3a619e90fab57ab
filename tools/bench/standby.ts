/** A failover pair with a gigabyte of data: how long the first copy takes, what a change of roles costs, and what is lost. */
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import type { Standby } from "../../protocol/api/appliance/standby.ts";
import { systemClock } from "../../server/clock.ts";
import { openCore } from "../../server/core.ts";
import { createLog } from "../../server/log.ts";
import { temporaryDirectory } from "../../server/test/temporary-directory.ts";
import { TestBrowser } from "../../server/test/test-browser.ts";
import type { Program } from "../desktop/program.ts";
import { LARGE_SITE_ADMINISTRATOR, makeLargeSite } from "./large-site.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";
import { serve } from "./serve.ts";
import { longestWait, type Waits, waitsDuring } from "./small-questions.ts";

const WRITES_A_SECOND = 200;
const WRITERS = 8;
const WRITING_MS = 4000;
const FORCED_ROUNDS = 3;
const WAIT_MS = 180_000;
const { username, password } = LARGE_SITE_ADMINISTRATOR;
const PATH = "/api/appliance/standby";

/** One of the two; started again it keeps its port. */
class Box {
  #program: Program | null = null;
  url = "";
  appliance: TestBrowser | null = null;
  constructor(readonly data: string) {}

  async start(): Promise<void> {
    const { program, address } = serve(this.data, this.url === "" ? undefined : new URL(this.url).host);
    this.#program = program;
    this.url = await address;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#program?.kill(signal);
    await this.#program?.exited;
  }

  async enter(code: string, name: string): Promise<void> {
    this.appliance = new TestBrowser(this.url);
    await this.appliance.json("POST", "/api/appliance/with-code", { code, username: name, password });
  }

  async signIn(name: string): Promise<void> {
    const browser = new TestBrowser(this.url);
    await until(async () => {
      await browser.json("POST", "/api/appliance/sign-in", { username: name, password });
      return true;
    });
    this.appliance = browser;
  }

  act(what: string, body: object): Promise<Standby> {
    return this.appliance!.json<Standby>("POST", `${PATH}/${what}`, body);
  }

  async inStep(): Promise<void> {
    await until(async () => {
      const { copying, behindBytes, peer } = await this.appliance!.json<Standby>("GET", PATH);
      return peer?.isReached === true && copying === null && behindBytes === 0;
    });
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + WAIT_MS;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endsAt) throw new Error("it never happened");
    await Bun.sleep(10);
  }
}

/** Writes at a steady rate, and keeps what was acknowledged, when. */
class Writers {
  readonly acknowledged = new Map<string, number>();
  readonly tookMs: number[] = [];
  #isOver = false;
  readonly #running: Promise<unknown>;
  constructor(browser: TestBrowser, mark: string) {
    this.#running = Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.#write(browser, mark, writer)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #write(browser: TestBrowser, mark: string, writer: number): Promise<void> {
    const everyMs = (WRITERS * 1000) / WRITES_A_SECOND;
    for (let index = 0; !this.#isOver; index += 1) {
      const name = `${mark} ${writer} ${index}`;
      const startedAt = performance.now();
      const written = await browser.json("POST", "/api/login/jump-groups", { name, comments: "" }).catch(() => null);
      if (written !== null) {
        this.acknowledged.set(name, performance.now());
        this.tookMs.push(performance.now() - startedAt);
      }
      await Bun.sleep(Math.max(0, everyMs - (performance.now() - startedAt)));
    }
  }
}

/** Of what was acknowledged, when that which is not there was. */
function lostOf({ acknowledged }: Writers, data: string): number[] {
  using database = new Sqlite(join(data, "causeway.sqlite"), { readonly: true });
  const rows = database.query<{ name: string }, []>("select name from jump_groups").all();
  const kept = new Set(rows.map(({ name }) => name));
  return [...acknowledged].filter(([name]) => !kept.has(name)).map(([, at]) => at);
}

async function administrator(box: Box): Promise<TestBrowser> {
  const browser = new TestBrowser(box.url);
  await until(async () => {
    await browser.signIn("login", username, password);
    return true;
  });
  return browser;
}

async function serves(box: Box): Promise<boolean> {
  return (await fetch(`${box.url}/api/site`, { tls: { rejectUnauthorized: false } })).ok;
}

interface Change {
  readonly lostRows: number;
  readonly lostSeconds: number;
  readonly awaySeconds: number;
  readonly rate: number;
  readonly p50: number;
}

/** While others write, roles change; from the order to the first answer of the new primary. */
async function change(from: Box, to: Box, mark: string, isForced: boolean): Promise<Change> {
  await from.inStep();
  const writers = new Writers(await administrator(from), mark);
  await Bun.sleep(WRITING_MS);
  const rate = writers.acknowledged.size / (WRITING_MS / 1000);
  const startedAt = performance.now();
  if (isForced) {
    await from.end("SIGKILL");
    await to.act("switch", { force: true });
  } else {
    await from.act("switch", { force: false });
  }
  await until(() => serves(to));
  const awaySeconds = (performance.now() - startedAt) / 1000;
  await writers.stop();
  const lost = lostOf(writers, to.data);
  const lostSeconds = lost.length === 0 ? 0 : Math.max(0, (startedAt - Math.min(...lost)) / 1000);
  return { lostRows: lost.length, lostSeconds, awaySeconds, rate, p50: quantile(writers.tookMs, 0.5) };
}

interface FirstCopy {
  readonly seconds: number;
  readonly waits: Waits;
}

async function copyFirst(site: Box, fresh: Box): Promise<FirstCopy> {
  const { invitation } = await site.appliance!.json<{ invitation: string }>("POST", `${PATH}/invitation`, {});
  let seconds = 0;
  const waits = await waitsDuring(site.url, async () => {
    const startedAt = performance.now();
    await fresh.act("join", { invitation });
    await site.inStep();
    seconds = (performance.now() - startedAt) / 1000;
  });
  return { seconds, waits };
}

async function codeOf(directory: string): Promise<string> {
  const log = createLog(() => undefined, systemClock.now);
  await using core = await openCore({
    directory,
    credentialsDirectory: null,
    clock: systemClock,
    log,
    version: "bench",
  });
  return await core.applianceAccess.presenceCodes.create();
}

async function measure(folder: string): Promise<Measurement[]> {
  const [site, fresh] = [new Box(join(folder, "site")), new Box(join(folder, "fresh"))];
  const code = await makeLargeSite(site.data);
  const freshCode = await codeOf(fresh.data);
  try {
    await Promise.all([site.start(), fresh.start()]);
    await site.enter(code, "olga");
    await fresh.enter(freshCode, "olga");
    const first = await copyFirst(site, fresh);
    await fresh.signIn("olga");
    const planned = await change(site, fresh, "planned", false);
    const forced: Change[] = [];
    let [primary, standby] = [fresh, site];
    for (let round = 0; round < FORCED_ROUNDS; round += 1) {
      await Promise.all([primary.signIn("olga"), standby.signIn("olga")]);
      forced.push(await change(primary, standby, `forced ${round}`, true));
      await primary.start();
      [primary, standby] = [standby, primary];
    }
    return figures(first, planned, forced);
  } finally {
    await Promise.all([site.end("SIGKILL"), fresh.end("SIGKILL")]);
  }
}

function figures(first: FirstCopy, planned: Change, forced: readonly Change[]): Measurement[] {
  const worst = (of: (change: Change) => number): number => Math.max(...forced.map(of));
  const rate = `${planned.rate.toFixed(0)} writes a second, ${planned.p50.toFixed(1)} ms each at the median`;
  return [
    {
      ...{ name: "standby: first copy of 1 GB", value: first.seconds, unit: "s" },
      method: "from the invitation being pasted to a standby that is in step; both on one machine",
    },
    longestWait("a question while the first copy runs", first.waits, "; of the primary, the standby on the same disk"),
    {
      ...{
        name: "planned change of roles: acknowledged writes lost",
        value: planned.lostRows,
        unit: "rows",
        goal: { atMost: 0 },
      },
      method: `while eight writers made ${rate}`,
    },
    {
      ...{ name: "planned change of roles: until the other one serves", value: planned.awaySeconds, unit: "s" },
      method: "from the click to the first good answer, the site of 1 GB",
    },
    {
      ...{
        name: "forced change of roles: lost writes",
        value: worst((it) => it.lostSeconds),
        unit: "s",
        goal: { atMost: 5 },
      },
      method: `kill -9 of the primary under such writes, ${forced.length} times, the worst: ${worst((it) => it.lostRows)} acknowledged rows, the oldest so long before the kill`,
    },
    {
      ...{
        name: "forced change of roles: until the other one serves",
        value: worst((it) => it.awaySeconds),
        unit: "s",
      },
      method: "from the kill, with the order given at once, to the first good answer; the worst",
    },
  ];
}

/** Pairing, and both ways of changing roles. */
export const standby: Bench = {
  name: "standby",
  async run() {
    using folder = temporaryDirectory();
    return await measure(folder.path);
  },
};
