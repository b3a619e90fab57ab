import { must, type Scenario } from "../scenario.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import { restartInto, untilState, untilVersion, uploadBundle } from "../site/updates.ts";
import { BOOT_MS } from "../test-bench.ts";

/** One start and the server's test of itself. */
const BLESS_MS = 15 * 60_000;

/** The whole way of an update, and back. */
export const update: Scenario = {
  name: "update",
  proves:
    "An uploaded update runs in the other slot with every row written meanwhile, and one wish brings the former version back.",
  limitMinutes: 75,
  async run(bench) {
    const machine = await bench.runningSite("secure-boot");
    const bundle = await bench.releases.bundle("good");
    const otto = await applianceAdministrator(machine.address);
    const begun = performance.now();
    const since = (): number => (performance.now() - begun) / 1000;
    await using rows = new AcknowledgedRows(await siteAdministrator(machine.address), 1);
    await uploadBundle(otto, bundle);
    const received = since();
    await bench.figures.take("update: upload", received, "s", `${(Bun.file(bundle).size / 1e6).toFixed(0)} MB`);
    const ready = await untilState(otto, "ready");
    const staged = since();
    await bench.figures.take("update: received to staged", staged - received, "s", "checked, written, read back");
    await rows.stop();
    await restartInto(otto, ready);
    await untilVersion(otto, bench.releases.versionOf("good"), BOOT_MS);
    const answering = since();
    await bench.figures.take("update: restart to the new version's page", answering - staged, "s");
    await untilState(otto, "finished", BLESS_MS);
    await bench.figures.take("update: received to blessed", since() - received, "s", "with the server's own test");
    const missing = await rows.missing(await siteAdministrator(machine.address));
    must(
      missing.length === 0,
      `all ${rows.count} rows written during the update are there; missing: ${missing.length}`,
    );

    await bench.keepUpdated(machine);
    const back = performance.now();
    await otto.json("POST", "/api/appliance/updates/return", { drainMinutes: 0 });
    await untilVersion(otto, bench.releases.version, BOOT_MS);
    await bench.figures.take("return to the former version, by one click", (performance.now() - back) / 1000, "s");
  },
};
