import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Static } from "@sinclair/typebox";
import type { Restore, RestoreState } from "../../../protocol/api/appliance/backups.ts";
import type { Site } from "../../../protocol/api/sign-in.ts";
import { LARGE_SITE_ADMINISTRATOR, makeLargeSite, runCauseway } from "../../../tools/bench/large-site.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { must, type Scenario } from "../scenario.ts";
import { OTTO } from "../site/people.ts";
import { sendSlices } from "../site/slices.ts";
import { WebClient } from "../site/web-client.ts";
import { BOOT_MS } from "../test-bench.ts";

const PASSPHRASE = "five ravens on the weir";
/** Deciphering and checking a gigabyte, emulated. */
const OPEN_MS = 60 * 60_000;

/** The worst day: a new machine, and a file from elsewhere. */
export const restore: Scenario = {
  name: "restore",
  proves: "A backup of a gigabyte is restored on a fresh appliance with a code of its console, and its people sign in.",
  limitMinutes: 150,
  async run(bench) {
    const folder = mkdtempSync(join(tmpdir(), "causeway-large-site-"));
    bench.use({ [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) });
    const file = await largeBackup(folder);
    const size = `${(statSync(file).size / 1e9).toFixed(2)} GB`;
    bench.say(`a backup of ${size} is made`);
    const machine = await bench.freshMachine("machine", "bios");
    await bench.start(machine);
    const otto = new WebClient(machine.address);
    const menu = await bench.menuOf(machine);
    await otto.json("POST", "/api/appliance/with-code", { ...OTTO, code: await menu.setUpCode() });
    const begun = performance.now();
    const since = (): number => (performance.now() - begun) / 1000;
    const id = await upload(otto, file);
    const sent = since();
    await bench.figures.take("restore: upload", sent, "s", size);
    const { preview } = await untilReady(otto);
    await bench.figures.take("restore: opened and checked", since() - sent, "s", size);
    must(preview?.hostname === "localhost", `what it holds is shown first (${JSON.stringify(preview)})`);
    const opened = since();
    await otto.json("POST", `/api/appliance/restore/${id}/start`, {});
    await untilAnnaSignsIn(machine.address);
    await bench.figures.take("restore: started to the first sign-in", since() - opened, "s", size);
    await bench.figures.take("restore of a 1 GB backup on a fresh image", since(), "s", "from its first byte");
  },
};

async function largeBackup(folder: string): Promise<string> {
  const [data, file] = [join(folder, "data"), join(folder, "site.backup")];
  await makeLargeSite(data);
  await runCauseway(["backup", "--data", data, "--out", file, "--passphrase-stdin"], PASSPHRASE);
  rmSync(data, { recursive: true });
  return file;
}

async function upload(client: WebClient, file: string): Promise<string> {
  const wish = { sizeBytes: statSync(file).size, passphrase: PASSPHRASE };
  const { id } = await client.json<Restore>("POST", "/api/appliance/restore/begin", wish);
  await sendSlices(client, `/api/appliance/restore/${id}/content`, file);
  return id;
}

async function untilReady(client: WebClient): Promise<Restore> {
  const found = await eventually(
    "the backup to be opened",
    async () => {
      const { restore: now } = await client.json<Static<typeof RestoreState>>("GET", "/api/appliance/restore");
      return now?.state === "ready" || now?.state === "failed" ? now : null;
    },
    OPEN_MS,
  );
  must(found.state === "ready", `the backup can be restored (${found.problem})`);
  return found;
}

async function untilAnnaSignsIn(address: string): Promise<void> {
  await eventually(
    "the restored site's administrator to sign in",
    async () => {
      const client = new WebClient(address);
      const { isSetUp } = await client.json<Site>("GET", "/api/site");
      return isSetUp && (await client.ask("POST", "/api/login/sign-in", { body: LARGE_SITE_ADMINISTRATOR })).ok;
    },
    BOOT_MS,
  );
}
