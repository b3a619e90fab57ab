import type { Firmware } from "../machine/firmware.ts";
import type { Scenario } from "../scenario.ts";

/** A fresh disk comes up to its pages, and to its menu on the serial line. */
function boot(firmware: Firmware): Scenario {
  return {
    name: `boot-${firmware}`,
    proves: `A fresh disk starts by ${firmware} to its first page and to the menu on the serial line.`,
    limitMinutes: 30,
    async run(bench) {
      const machine = await bench.freshMachine("machine", firmware);
      const seconds = await bench.start(machine);
      await bench.figures.take(`boot to the login page, ${firmware}`, seconds, "s", "first start of a fresh disk");
      const menu = await bench.menuOf(machine);
      await Bun.write(`${bench.folder}/front-page.txt`, await menu.frontPage());
    },
  };
}

/** The three ways a machine starts. */
export const bootScenarios: readonly Scenario[] = [boot("bios"), boot("uefi"), boot("secure-boot")];
