/**
 * Whether the running server does its job, asked from outside of it: its database, its certificate, and a computer that
 * enrols, is reached from a console and answers in a shell. An update is kept only where this passes (docs/decisions/0010).
 */
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import type { Core } from "../core.ts";
import { mayServe, readPairRecord } from "../standby/pair-file.ts";
import { localAddress, readServingPlace, type ServingPlace } from "./serving-place.ts";
import { Skipped, type StepResult, Steps, until } from "./steps.ts";
import { openTestAccount, type TestAccount } from "./test-account.ts";
import { startTestAgent, type TestAgent } from "./test-agent.ts";
import { ApiRefusal, askApi } from "./local-api.ts";
import { TestConsole, ToolRefusal } from "./test-console.ts";

/** The whole test. It takes a second; on a host where ten others wait for each processor it took more than 90. */
const LIMIT_MS = 180_000;
/** A server that was just started answers within so long. */
const START_MS = 45_000;
const ASK_AGAIN_MS = 500;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
/** So long what was made may take to be taken away, even when the test's time is over. */
const CLEAN_UP_MS = 15_000;

export interface SelfTestOptions {
  readonly core: Core;
  /** The agent's binary. */
  readonly agent: string;
  /** Hears each step as it ends. */
  told(result: StepResult): void;
  readonly limitMs?: number;
  /** So long a server that was just started may take to answer, in ms; default 45 s. */
  readonly startMs?: number;
}

/** Whether every step that applies here passed; it is in the audit log, too. */
export async function selfTest(options: SelfTestOptions): Promise<boolean> {
  const { core, agent, told, limitMs = LIMIT_MS, startMs = START_MS } = options;
  const steps = new Steps(core.clock.monotonicMs.bind(core.clock), limitMs, told);
  await steps.run("Database", () => databaseStep(core));
  const place = await steps.run("TLS", () => tlsStep(core, startMs));
  if (place !== null) await loopBack(core, steps, place, agent);
  await record(core, steps);
  return steps.isWell;
}

/** That it opened, and its tables are this release's, opening the core has shown. */
async function databaseStep({ database }: Core): Promise<readonly [true, string]> {
  const problems = database.check();
  if (problems.length > 0) throw new Error(problems.join("; "));
  return [true, "opens, is of this release and sound"];
}

/** The server may still be starting: asked until it answers, or the time for that is over. */
async function tlsStep(core: Core, startMs: number): Promise<readonly [ServingPlace, string]> {
  const { chainPem } = await core.certificates.served();
  const expected = new X509Certificate(chainPem).fingerprint256;
  const endsAtMs = core.clock.monotonicMs() + startMs;
  for (;;) {
    try {
      const place = readServingPlace(core.directory);
      if (place === null) throw new Error("no server serves from this data directory");
      const seen = await Promise.all([place.endpoints, place.consoles, place.administration].map(fingerprintAt));
      if (seen.some((fingerprint) => fingerprint !== expected))
        throw new Error("the server answers with another certificate than the data directory's");
      return [place, `answers with this site's certificate at ${localAddress(place.endpoints)}`];
    } catch (error) {
      if (core.clock.monotonicMs() >= endsAtMs) throw error;
      await Bun.sleep(ASK_AGAIN_MS);
    }
  }
}

function fingerprintAt(place: ServingPlace["endpoints"]): Promise<string> {
  const { hostname, port } = new URL(localAddress(place));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const host = hostname.replaceAll(/[[\]]/gu, "");
  const socket = connect({ host, port: Number(port === "" ? 443 : port), rejectUnauthorized: false }, () => {
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    resolve(new X509Certificate(raw).fingerprint256);
  });
  socket.on("error", reject);
  return promise;
}

/** Where the server answers on this machine, by use. */
interface Addresses {
  readonly endpoints: string;
  readonly consoles: string;
  readonly administration: string;
}

/** A Jump Client of this machine's own, from its installer to a word in its shell and back to nothing. */
async function loopBack(core: Core, steps: Steps, place: ServingPlace, program: string): Promise<void> {
  const { endpoints, consoles, administration } = place;
  const at = {
    endpoints: localAddress(endpoints),
    consoles: localAddress(consoles),
    administration: localAddress(administration),
  };
  await using stack = new AsyncDisposableStack();
  const account = await steps.run("Account", async (signal) => {
    if (!(await core.site.isSetUp())) throw new Skipped("the site is not set up yet");
    const pair = readPairRecord(core.directory);
    if (pair !== null && !mayServe(pair)) throw new Skipped("this appliance is a standby");
    const made = stack.use(await openTestAccount(core, endpoints.port));
    await until(() => knownJumpClients(at, made), signal);
    return [made, "made, and known to the server"] as const;
  });
  if (account === null) return;
  const agent = await steps.run("Jump Client", async (signal) => {
    const started = stack.use(startTestAgent(program, account.installer, at.endpoints));
    const online = until(() => findJumpClient(at, account, true), signal);
    await Promise.race([online, endsEarly(started)]);
    return [started, "enrolled and online"] as const;
  });
  if (agent !== null) await steps.run("Shell", (signal) => shellStep(at, account, agent, signal));
  const cleanUp = async () => {
    const jumpClient = await findJumpClient(at, account);
    if (jumpClient !== null)
      await askApi(at.administration, "login", account.loginToken, "DELETE", `jump-clients/${jumpClient}`);
    await stack.disposeAsync();
    return [true, "everything removed again"] as const;
  };
  await steps.run("Clean-up", cleanUp, CLEAN_UP_MS);
}

async function shellStep(
  at: Addresses,
  account: TestAccount,
  agent: TestAgent,
  signal: AbortSignal,
): Promise<readonly [true, string]> {
  using console = await openConsole(at, account);
  const jumpClient = await until(() => findJumpClient(at, account), signal);
  const session = await console.start(jumpClient);
  await until(() => openShell(console, session), signal);
  // The shell writes what is typed; only what it makes of it can be "seven-49".
  console.type("echo seven-$((7*7))\n");
  const answered = until(async () => (console.output.includes("seven-49") ? true : null), signal, 50);
  await Promise.race([answered, endsEarly(agent)]);
  await console.end(session);
  return [true, "a console opened a session, typed into a shell and read its answer"];
}

/** Site rules that keep every console out, or this machine's, are no fault of the software. */
async function openConsole({ consoles }: Addresses, account: TestAccount): Promise<TestConsole> {
  try {
    return await TestConsole.open(consoles, account.consoleToken);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === FORBIDDEN) throw new Skipped(error.message);
    throw error;
  }
}

/** The agent dials its lanes once the session has started. */
async function openShell(console: TestConsole, session: string): Promise<true | null> {
  try {
    await console.openShell(session);
    return true;
  } catch (error) {
    if (error instanceof ToolRefusal && error.code === "agent.offline") return null;
    throw error;
  }
}

interface ListedJumpClient {
  readonly id: string;
  readonly jumpGroup: string;
  readonly status: string;
}

/** Of this test; null: the server has not noticed yet what another process wrote, which takes it a second. */
async function knownJumpClients(at: Addresses, account: TestAccount): Promise<readonly ListedJumpClient[] | null> {
  const path = "jump-clients?limit=500&search=self-test";
  try {
    const answer = await askApi(at.administration, "login", account.loginToken, "GET", path);
    const { jumpClients } = answer as { readonly jumpClients: readonly ListedJumpClient[] };
    return jumpClients.filter(({ jumpGroup }) => jumpGroup === account.jumpGroup);
  } catch (error) {
    if (error instanceof ApiRefusal && (error.status === UNAUTHORIZED || error.status === FORBIDDEN)) return null;
    throw error;
  }
}

async function findJumpClient(at: Addresses, account: TestAccount, isOnline = false): Promise<string | null> {
  const known = await knownJumpClients(at, account);
  return known?.find(({ status }) => !isOnline || status !== "offline")?.id ?? null;
}

/** Rejects when the agent ends by itself. */
async function endsEarly(agent: TestAgent): Promise<never> {
  throw new Error(`the agent ended: ${await agent.ended}`);
}

async function record({ database, audit }: Core, steps: Steps): Promise<void> {
  const failed = steps.results.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  const milliseconds = steps.results.reduce((sum, { ms }) => sum + ms, 0);
  await database.transaction((tx) =>
    audit.record(tx, {
      ...{ action: "self-test.run", outcome: failed.length === 0 ? "succeeded" : "failed", actor: { kind: "system" } },
      ...{ object: { kind: "appliance", id: "appliance", name: "" }, detail: { failed, milliseconds } },
    }),
  );
}
