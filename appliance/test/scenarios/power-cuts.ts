import type { VirtualMachine } from "../machine/virtual-machine.ts";
import { must, type Scenario } from "../scenario.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { siteAdministrator } from "../site/set-up.ts";
import { BOOT_MS, type TestBench } from "../test-bench.ts";
import { untilPage } from "../site/until-page.ts";

/** So often the power goes while rows are written. */
const CUTS_IN_WRITES = 10;
/** So often in a first start, where the database is made and migrated. */
const CUTS_IN_FIRST_START = 5;
/** Rows are acknowledged before the power goes. */
const FEWEST_ROWS = 5;

const between = (lowest: number, highest: number): number => lowest + Math.random() * (highest - lowest);

/** Rows whose making was answered are there after every cut. */
export const cutsInWrites: Scenario = {
  name: "power-cuts-writes",
  proves: "Rows that were acknowledged are all there after power cuts while they were written.",
  limitMinutes: 150,
  async run(bench) {
    const machine = await bench.runningSite();
    let rows = 0;
    for (let cut = 1; cut <= CUTS_IN_WRITES; cut += 1) {
      const { count, seconds } = await cutWhileWriting(bench, machine);
      rows += count;
      bench.say(`cut ${cut}: ${count} acknowledged rows there, pages back after ${seconds.toFixed(0)} s`);
      await bench.figures.take("power cuts while rows are written", cut, "survived", `${rows} acknowledged, 0 missing`);
    }
  },
};

async function cutWhileWriting(bench: TestBench, machine: VirtualMachine): Promise<{ count: number; seconds: number }> {
  const rows = new AcknowledgedRows(await siteAdministrator(machine.address));
  const begun = performance.now();
  const wait = between(3_000, 15_000);
  while (performance.now() - begun < wait || rows.count < FEWEST_ROWS) {
    must(performance.now() - begun < 120_000, "rows are written");
    await Bun.sleep(between(20, 90));
  }
  const stopped = rows.stop();
  await machine.cutPower();
  await stopped;
  const seconds = await bench.start(machine);
  await rows.mustBeThere(await siteAdministrator(machine.address));
  return { count: rows.count, seconds };
}

/** The first start makes and migrates the database, and grows the partition. */
export const cutsInFirstStart: Scenario = {
  name: "power-cuts-first-start",
  proves: "A first start that the power interrupts again and again still ends at the first page.",
  limitMinutes: 75,
  async run(bench) {
    const machine = await bench.freshMachine("machine", "bios");
    for (let cut = 1; cut <= CUTS_IN_FIRST_START; cut += 1) {
      await machine.powerOn();
      await machine.serial.waitFor(/Booting `Start Causeway'/u, BOOT_MS);
      await Promise.race([Bun.sleep(between(15_000, 100_000)), untilPage(machine.address, BOOT_MS)]);
      await machine.cutPower();
      bench.say(`cut ${cut}`);
    }
    await bench.start(machine);
    const menu = await bench.menuOf(machine);
    must(/\d/u.test(await menu.setUpCode()), "the server gives a set-up code");
    await bench.figures.take("power cuts in a first start", CUTS_IN_FIRST_START, "survived", "database made, migrated");
  },
};
