import { must, type Scenario } from "../scenario.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { restartInto, untilState, untilVersion, uploadBundle } from "../site/updates.ts";
import { untilPage } from "../site/until-page.ts";

/** Three starts that each wait for health, emulated on a busy machine. */
const THREE_TRIES_MS = 50 * 60_000;
const SOME_ROWS = 20;
/** Spots of one MiB, all over the root. */
const DAMAGED_MIB = [1, 5, 12, 20, 33, 47, 64, 90, 120, 160, 200, 250] as const;

/** A version whose server never starts. */
export const unhealthyUpdate: Scenario = {
  name: "rollback-unhealthy",
  proves: "An update whose server never starts is left after its tries, and the former version runs with its rows.",
  limitMinutes: 100,
  async run(bench) {
    const bundle = await bench.releases.bundle("unhealthy");
    const machine = await bench.runningSite();
    const otto = await applianceAdministrator(machine.address);
    const rows = new AcknowledgedRows(await siteAdministrator(machine.address));
    while (rows.count < SOME_ROWS) await Bun.sleep(100);
    await rows.stop();
    await uploadBundle(otto, bundle);
    const ready = await untilState(otto, "ready");
    machine.serial.forget();
    await restartInto(otto, ready);
    const begun = performance.now();
    await machine.serial.waitFor(/slot b, tries left 2/u, THREE_TRIES_MS);
    bench.say("the unhealthy version starts");
    await machine.serial.waitFor(/slot a, tries left/u, THREE_TRIES_MS);
    await untilPage(machine.address, THREE_TRIES_MS);
    await untilVersion(otto, bench.releases.version, THREE_TRIES_MS);
    await bench.figures.take(
      "rollback of an unhealthy version",
      (performance.now() - begun) / 1000,
      "s",
      "three tries",
    );
    await untilState(otto, "returned");
    const missing = await rows.missing(await siteAdministrator(machine.address));
    must(missing.length === 0, `every row is there; missing: ${missing.length}`);
  },
};

/** A root that is no longer what was signed for. */
export const corruptedRoot: Scenario = {
  name: "rollback-corrupted-root",
  proves: "A running version whose root is overwritten does not start; the other slot's does, with the site's data.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.updatedSite();
    for (const at of DAMAGED_MIB) await machine.disk.damage("root-b", at, 1);
    const begun = performance.now();
    await machine.powerOn();
    await machine.serial.waitFor(/slot b, tries left 2/u, THREE_TRIES_MS);
    await machine.serial.waitFor(/slot a, tries left/u, THREE_TRIES_MS);
    bench.say("slot a is tried");
    await untilPage(machine.address, THREE_TRIES_MS);
    await bench.figures.take("rollback of a corrupted root", (performance.now() - begun) / 1000, "s", "from power on");
    const otto = await applianceAdministrator(machine.address);
    await untilVersion(otto, bench.releases.version, THREE_TRIES_MS);
  },
};
