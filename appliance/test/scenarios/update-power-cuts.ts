import { must, type Scenario } from "../scenario.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import { newestUpdate, restartInto, untilState, untilVersion, uploadBundle } from "../site/updates.ts";
import { BOOT_MS } from "../test-bench.ts";

/** So often the power goes while the slot is written. */
const CUTS_IN_STAGING = 3;
/** So often while the new version starts and migrates. */
const CUTS_IN_START = 2;
const BLESS_MS = 15 * 60_000;

const between = (lowest: number, highest: number): number => lowest + Math.random() * (highest - lowest);

/** Every step of an update may be its last. */
export const cutsInUpdate: Scenario = {
  name: "power-cuts-update",
  proves: "An update that the power interrupts while it is written and started is finished at last, with every row.",
  limitMinutes: 120,
  async run(bench) {
    const bundle = await bench.releases.bundle("good");
    const machine = await bench.runningSite();
    const otto = await applianceAdministrator(machine.address);
    const rows = new AcknowledgedRows(await siteAdministrator(machine.address), 1);
    await uploadBundle(otto, bundle);
    for (let cut = 1; cut <= CUTS_IN_STAGING; cut += 1) {
      await Bun.sleep(between(2_000, 40_000));
      await machine.cutPower();
      await bench.start(machine);
      const update = await newestUpdate(otto);
      bench.say(`cut ${cut} in staging: the update is ${update?.state}`);
      if (update?.state === "failed") await uploadBundle(otto, bundle);
    }
    const ready = await untilState(otto, "ready");
    await rows.stop();
    await restartInto(otto, ready);
    for (let cut = 1; cut <= CUTS_IN_START; cut += 1) {
      machine.serial.forget();
      await machine.serial.waitFor(/slot b, tries left/u, BOOT_MS);
      await Bun.sleep(between(10_000, 90_000));
      await machine.cutPower();
      await machine.powerOn();
      bench.say(`cut ${cut} in the new version's start`);
    }
    await untilVersion(otto, bench.releases.versionOf("good"), BOOT_MS);
    await untilState(otto, "finished", BLESS_MS);
    const missing = await rows.missing(await siteAdministrator(machine.address));
    must(missing.length === 0, `every acknowledged row is there; missing: ${missing.length}`);
    const cuts = CUTS_IN_STAGING + CUTS_IN_START;
    await bench.figures.take("power cuts in an update", cuts, "survived", `${rows.count} rows acknowledged, 0 missing`);
  },
};
