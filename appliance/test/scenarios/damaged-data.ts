import { eventually } from "../../../ui/test/harness/eventually.ts";
import { must, type Scenario } from "../scenario.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { siteAdministrator } from "../site/set-up.ts";
import { WebClient } from "../site/web-client.ts";
import { untilPage } from "../site/until-page.ts";
import { BOOT_MS } from "../test-bench.ts";

const SOME_ROWS = 20;

/** The first MiB holds the superblock, without which nothing mounts the partition. */
export const damagedData: Scenario = {
  name: "damaged-data",
  proves:
    "With a data partition that does not mount, the console says so and repairs it, and the rows are there again.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.runningSite();
    const rows = new AcknowledgedRows(await siteAdministrator(machine.address));
    await rows.stopAfter(SOME_ROWS);
    const menu = await bench.menuOf(machine);
    menu.open("powerOff");
    await menu.answer(/now \(yes, no\): /u, "yes");
    await machine.untilOff(BOOT_MS);
    await machine.disk.damage("data", 0, 1);
    await machine.powerOn();
    const damaged = await bench.menuOf(machine);
    const page = await damaged.frontPage();
    await Bun.write(`${bench.folder}/front-page.txt`, page);
    must(/data partition/iu.test(page), "the console says that the data partition is damaged");
    await mustTellOnItsPage(machine.address);
    damaged.open("recovery");
    await damaged.answer(/check and repair \(empty: go back\): /u, "repair");
    await machine.serial.waitFor(/Press Enter to go back\. /u, BOOT_MS);
    bench.say("repaired");
    machine.serial.typeLine("");
    await machine.serial.waitFor(/Booting `Start Causeway'/u, BOOT_MS);
    await untilPage(machine.address, BOOT_MS);
    await rows.mustBeThere(await siteAdministrator(machine.address));
  },
};

/** Not a dead box: whoever opens the site reads what is wrong. */
async function mustTellOnItsPage(address: string): Promise<void> {
  const client = new WebClient(address);
  const answer = await eventually("a page", () => client.ask("GET", "/login", { timeoutMs: 10_000 }), BOOT_MS);
  must(answer.status === 503, `the page says that it cannot serve (${answer.status})`);
  must(/data partition/iu.test(await answer.text()), "the page says that the data partition is damaged");
}
