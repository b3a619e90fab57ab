import type { VirtualMachine } from "../machine/virtual-machine.ts";
import { MIGRATED } from "../migrating-server.ts";
import { must, type Scenario } from "../scenario.ts";
import type { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import { restartWhenReady, untilState, untilVersion, uploadInUse } from "../site/updates.ts";
import { BOOT_MS, type TestBench } from "../test-bench.ts";

/** One start and the server's test of itself. */
const BLESS_MS = 30 * 60_000;

/** The whole way of an update, and back. */
export const update: Scenario = {
  name: "update",
  proves:
    "An uploaded update runs in the other slot and migrates every row written meanwhile; one wish brings the former version back, which runs on what the migration left.",
  limitMinutes: 120,
  async run(bench) {
    const bundle = await bench.releases.bundle("good");
    const machine = await bench.runningSite("secure-boot");
    const begun = performance.now();
    const since = (): number => (performance.now() - begun) / 1000;
    const { otto, rows } = await uploadInUse(machine.address, bundle);
    const received = since();
    await bench.figures.take("update: upload", received, "s", `${(Bun.file(bundle).size / 1e6).toFixed(0)} MB`);
    await untilState(otto, "ready");
    const staged = since();
    await bench.figures.take("update: received to staged", staged - received, "s", "checked, written, read back");
    await restartWhenReady({ otto, rows });
    await untilVersion(otto, bench.releases.versionOf("good"), BOOT_MS);
    await bench.figures.take("update: restart to the new version's page", since() - staged, "s", "with a migration");
    const { steps } = await untilState(otto, "finished", BLESS_MS);
    await bench.figures.take("update: received to blessed", since() - received, "s", "with the server's own test");
    await Bun.write(`${bench.folder}/steps.json`, JSON.stringify(steps, null, 2));
    await mustBeMigrated(machine, rows);
    await bench.keepUpdated(machine);
    await goBack(bench, machine);
    await mustBeMigrated(machine, rows);
  },
};

async function goBack(bench: TestBench, machine: VirtualMachine): Promise<void> {
  const otto = await applianceAdministrator(machine.address);
  const begun = performance.now();
  await otto.json("POST", "/api/appliance/updates/return", { drainMinutes: 0 });
  await untilVersion(otto, bench.releases.version, BOOT_MS);
  await bench.figures.take("return to the former version, by one click", (performance.now() - begun) / 1000, "s");
}

/** Both versions read what the migration left of each row. */
async function mustBeMigrated(machine: VirtualMachine, rows: AcknowledgedRows): Promise<void> {
  const ada = await siteAdministrator(machine.address);
  await rows.mustBeThere(ada);
  const comments = [...(await rows.comments(ada)).values()];
  must(comments.length > 0 && comments.every((text) => text === MIGRATED), "the migration went over every row");
}
