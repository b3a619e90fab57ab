/** A site with a gigabyte of audit log: how long its backup and restore take, and whether the server notices. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestBrowser } from "../../server/test/test-browser.ts";
import { Program } from "../desktop/program.ts";
import { LARGE_SITE_ADMINISTRATOR, makeLargeSite, runCauseway } from "./large-site.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const ASK_EVERY_MS = 10;
const CALM_MS = 3000;
const PASSPHRASE = "five ravens on the weir";
const { password } = LARGE_SITE_ADMINISTRATOR;
const BACKUPS = "/api/appliance/backups";

/** How long the server lets a small question wait, in ms, while `work` goes on. */
async function waits(url: string, work: () => Promise<void>): Promise<number[]> {
  const found: number[] = [];
  let isOver = false;
  const asking = async (): Promise<void> => {
    while (!isOver) {
      const askedAt = performance.now();
      await (await fetch(`${url}/api/site`, { tls: { rejectUnauthorized: false } })).arrayBuffer();
      found.push(performance.now() - askedAt);
      await Bun.sleep(ASK_EVERY_MS);
    }
  };
  const asked = asking();
  await work();
  isOver = true;
  await asked;
  return found;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function measure(folder: string): Promise<Measurement[]> {
  const data = join(folder, "data");
  const code = await makeLargeSite(data);
  const listening = Promise.withResolvers<string>();
  await using _server = new Program(["dist/causeway", "serve", "--data", data, "--listen", "127.0.0.1:0"], {
    onLine: (line) => {
      const url = /https:\S+/u.exec(line)?.[0];
      if (url !== undefined) listening.resolve(url);
    },
  });
  const url = await listening.promise;
  const anna = new TestBrowser(url);
  await anna.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password });
  const settings = { isEnabled: false, at: "02:00", target: { kind: "disk" }, keepDays: 14, testsEvery: 0 };
  await anna.json("PUT", `${BACKUPS}/settings`, { ...settings, passphrase: PASSPHRASE });
  const calm = await waits(url, () => Bun.sleep(CALM_MS));
  let takenIn = 0;
  const busy = await waits(url, async () => {
    takenIn = await timed(async () => {
      await anna.json("POST", BACKUPS, {});
      for (let state = "running"; state === "running"; await Bun.sleep(100))
        state = (await anna.json<{ backups: { state: string }[] }>("GET", BACKUPS)).backups[0]!.state;
    });
  });
  const file = join(folder, "site.backup");
  await runCauseway(["backup", "--data", data, "--out", file, "--passphrase-stdin"], PASSPHRASE);
  const restore = ["restore", "--data", join(folder, "restored"), "--file", file, "--passphrase-stdin"];
  const restoredIn = await timed(() => runCauseway(restore, PASSPHRASE));
  const bytes = `${(statSync(file).size / 1e9).toFixed(2)} GB`;
  return [
    {
      ...{ name: "backup of 1 GB to disk", value: takenIn, unit: "s" },
      method: `one backup of ${bytes} taken by the API while the server answers a question each ${ASK_EVERY_MS} ms`,
    },
    {
      ...{
        name: "a question while a backup is taken, longest",
        value: Math.max(...busy),
        unit: "ms",
        goal: { atMost: 50 },
      },
      method: `GET /api/site, ${busy.length} of them; p50 ${quantile(busy, 0.5).toFixed(1)} ms; longest without a backup ${Math.max(...calm).toFixed(1)} ms`,
    },
    {
      ...{ name: "restore of a 1 GB backup", value: restoredIn, unit: "s" },
      method: "causeway restore into an empty directory: decrypt, check every page and the audit chain, put in place",
    },
  ];
}

/** Backup and restore of a large site. */
export const backup: Bench = {
  name: "backup",
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "causeway-bench-"));
    try {
      return await measure(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
