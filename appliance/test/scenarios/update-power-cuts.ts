import type { Scenario } from "../scenario.ts";
import { siteAdministrator } from "../site/set-up.ts";
import {
  newestUpdate,
  restartWhenReady,
  untilState,
  untilVersion,
  uploadBundle,
  uploadInUse,
} from "../site/updates.ts";
import { BOOT_MS } from "../test-bench.ts";

/** So often the power goes while the slot is written. */
const CUTS_IN_STAGING = 3;
/** So often while the new version starts and migrates; a third would use up its last try. */
const CUTS_IN_START = 2;
const BLESS_MS = 30 * 60_000;

const between = (lowest: number, highest: number): number => lowest + Math.random() * (highest - lowest);

/** Every step of an update may be its last. */
export const cutsInUpdate: Scenario = {
  name: "power-cuts-update",
  proves:
    "An update that the power interrupts while it is written, started and migrated is finished at last, with every row.",
  limitMinutes: 180,
  async run(bench) {
    const bundle = await bench.releases.bundle("small");
    const machine = await bench.runningSite();
    const update = await uploadInUse(machine.address, bundle);
    for (let cut = 1; cut <= CUTS_IN_STAGING; cut += 1) {
      await Bun.sleep(between(2_000, 40_000));
      await machine.cutPower();
      await bench.start(machine);
      const state = (await newestUpdate(update.otto))?.state;
      bench.say(`cut ${cut} in staging: the update is ${state}`);
      if (state === "failed") await uploadBundle(update.otto, bundle);
    }
    await restartWhenReady(update);
    for (let cut = 1; cut <= CUTS_IN_START; cut += 1) {
      machine.serial.forget();
      await machine.serial.waitFor(/slot b, tries left/u, BOOT_MS);
      await Bun.sleep(between(30_000, 120_000));
      await machine.cutPower();
      await machine.powerOn();
      bench.say(`cut ${cut} in the new version's start`);
    }
    await untilVersion(update.otto, bench.releases.versionOf("small"), BOOT_MS);
    await untilState(update.otto, "finished", BLESS_MS);
    await update.rows.mustBeThere(await siteAdministrator(machine.address));
    const cuts = CUTS_IN_STAGING + CUTS_IN_START;
    const note = `${update.rows.count} rows acknowledged, 0 missing`;
    await bench.figures.take("power cuts in an update", cuts, "survived", note);
  },
};
