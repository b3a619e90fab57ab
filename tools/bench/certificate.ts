/**
 * A thousand Jump Clients and a real one, and the site's certificate is replaced: none may be lost, whether it is connected,
 * has to come back through the new certificate at the same moment as all others, or was away while it was replaced.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "../../server/test/temporary-directory.ts";
import { TestBrowser } from "../../server/test/test-browser.ts";
import { Computer } from "../../ui/test/harness/computer.ts";
import { eventually } from "../../ui/test/harness/eventually.ts";
import { ADMIN, Site } from "../../ui/test/harness/site.ts";
import { Herd } from "./herd.ts";
import type { Bench, Measurement } from "./measurement.ts";

const CLIENTS = 1000;
/** Long enough for a connection that breaks to be seen as broken. */
const WATCH_MS = 10_000;
const PATIENCE_MS = 120_000;

/** The agent that is no simulation, as the administrator sees it. */
interface RealClient {
  readonly agentVersion: string;
  readonly status: string;
  readonly statusSince: string;
}

/** Since when the real Jump Client is connected; null: it is not. */
async function realSince(admin: TestBrowser): Promise<string | null> {
  const path = `/api/login/jump-clients?search=${encodeURIComponent(hostname())}`;
  const { jumpClients } = await admin.json<{ jumpClients: RealClient[] }>("GET", path);
  const real = jumpClients.find(({ agentVersion }) => agentVersion !== "bench");
  return real?.status === "online" ? real.statusSince : null;
}

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** Replaces the certificate. @returns how long that took and how many were disconnected within ten seconds of it */
async function replace(admin: TestBrowser, herd: Herd): Promise<{ readonly seconds: number; readonly lost: number }> {
  const before = await eventually("the real Jump Client is online", () => realSince(admin), PATIENCE_MS);
  herd.watch();
  const seconds = await secondsOf(() => admin.json("POST", "/api/login/certificate/self-signed", {}));
  await Bun.sleep(WATCH_MS);
  const isRealLost = (await realSince(admin)) !== before;
  return { seconds, lost: CLIENTS - herd.fewest + (isRealLost ? 1 : 0) };
}

/** Until the herd and the real one are connected. */
async function allBack(admin: TestBrowser, herd: Herd): Promise<void> {
  await Promise.all([
    herd.allConnected(),
    eventually("the real Jump Client is back", () => realSince(admin), PATIENCE_MS),
  ]);
}

async function measureAt(site: Site, folder: string): Promise<Measurement[]> {
  const admin = new TestBrowser(site.directAddress);
  await admin.signIn("login", ADMIN.username, ADMIN.password);
  const installer = await site.createInstaller({ machines: CLIENTS, isDirect: true });
  const keys = join(folder, "herd.json");
  await using _computer = await Computer.start(site, { isDirect: true });
  let replaced: Awaited<ReturnType<typeof replace>>;
  let storm: number;
  {
    await using herd = new Herd(installer, CLIENTS, keys);
    await herd.allConnected();
    replaced = await replace(admin, herd);
    await site.killAndRestart();
    storm = await secondsOf(async () => {
      await eventually("the herd has seen the restart", () => herd.connected < CLIENTS, PATIENCE_MS);
      await allBack(admin, herd);
    });
  }
  await admin.json("POST", "/api/login/certificate/self-signed", {});
  await using herd = new Herd(installer, CLIENTS, keys);
  const away = await secondsOf(() => allBack(admin, herd));
  return rows(replaced, storm, away);
}

function rows({ seconds, lost }: { seconds: number; lost: number }, storm: number, away: number): Measurement[] {
  const who = `${CLIENTS} simulated Jump Clients and a real one`;
  return [
    { name: "certificate replaced", value: seconds, unit: "s", method: `${who} connected, until it is served` },
    {
      name: "lost by it",
      value: lost,
      unit: "Jump Clients",
      goal: { atMost: 0 },
      method: `${who}; watched for ${WATCH_MS / 1000} s`,
    },
    {
      name: "all back through the new certificate",
      value: storm,
      unit: "s",
      method: `${who} after the server was killed and listens again; they wait up to some seconds before they dial`,
    },
    {
      name: "all back that were away while it was replaced",
      value: away,
      unit: "s",
      method: `${CLIENTS} simulated ones that know the certificate before, started at once as a process of its own`,
    },
  ];
}

async function measure(): Promise<Measurement[]> {
  using temporary = temporaryDirectory();
  const folder = temporary.path;
  await using site = await Site.start();
  return await measureAt(site, folder);
}

export const certificate: Bench = { name: "certificate", run: measure };
