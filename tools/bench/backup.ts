/** A site with a gigabyte of audit log: how long its backup and restore take, and whether the server notices. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../server/test/temporary-directory.ts";
import { TestBrowser } from "../../server/test/test-browser.ts";
import { LARGE_SITE_ADMINISTRATOR, makeLargeSite, runCauseway } from "./large-site.ts";
import type { Bench, Measurement } from "./measurement.ts";
import { serve } from "./serve.ts";
import { longestWait, waitsDuring } from "./small-questions.ts";

const PASSPHRASE = "five ravens on the weir";
const { password } = LARGE_SITE_ADMINISTRATOR;
const BACKUPS = "/api/appliance/backups";

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function measure(folder: string): Promise<Measurement[]> {
  const data = join(folder, "data");
  const code = await makeLargeSite(data);
  const { program, address } = serve(data);
  await using _program = program;
  const url = await address;
  const anna = new TestBrowser(url);
  await anna.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password });
  const settings = { isEnabled: false, at: "02:00", target: { kind: "disk" }, keepDays: 14, testsEvery: 0 };
  await anna.json("PUT", `${BACKUPS}/settings`, { ...settings, passphrase: PASSPHRASE });
  let takenIn = 0;
  const waits = await waitsDuring(url, async () => {
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
      method: `one backup of ${bytes} taken by the API while the server answers small questions all the time`,
    },
    longestWait("a question while a backup is taken", waits, ""),
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
    using folder = temporaryDirectory();
    return await measure(folder.path);
  },
};
