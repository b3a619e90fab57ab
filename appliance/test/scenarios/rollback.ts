import { must, type Scenario } from "../scenario.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import { restartWhenReady, untilState, untilVersion, uploadInUse } from "../site/updates.ts";
import { untilPage } from "../site/until-page.ts";

/** Three starts that each wait for health, emulated on a busy machine. */
const THREE_TRIES_MS = 50 * 60_000;
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
    const update = await uploadInUse(machine.address, bundle);
    machine.serial.forget();
    await restartWhenReady(update);
    const begun = performance.now();
    await machine.serial.waitFor(/slot b, tries left 2/u, THREE_TRIES_MS);
    bench.say("the unhealthy version starts");
    await machine.serial.waitFor(/slot a, tries left/u, THREE_TRIES_MS);
    bench.say("slot a is tried");
    await untilPage(machine.address, THREE_TRIES_MS);
    const seconds = (performance.now() - begun) / 1000;
    await bench.figures.take("rollback of an unhealthy version", seconds, "s", "three tries");
    // Three tries take longer than a sign-in lasts that does nothing.
    const otto = await applianceAdministrator(machine.address);
    await untilVersion(otto, bench.releases.version, THREE_TRIES_MS);
    const { steps } = await untilState(otto, "returned");
    await Bun.write(`${bench.folder}/steps.json`, JSON.stringify(steps, null, 2));
    await update.rows.mustBeThere(await siteAdministrator(machine.address));
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
    const { jumpGroups } = await (
      await siteAdministrator(machine.address)
    ).json<{ jumpGroups: unknown[] }>("GET", "/api/login/jump-groups");
    must(jumpGroups.length > 1, "the site's rows are there");
  },
};
