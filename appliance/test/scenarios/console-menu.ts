import { must, type Scenario } from "../scenario.ts";
import { untilPage } from "../site/until-page.ts";
import { BOOT_MS } from "../test-bench.ts";

/** What somebody might type who wants out of the menu, or breaks it by accident. */
const HOSTILE = [
  "\x03\x03\x03",
  "\x1a",
  "\x1c",
  "\x04\x04",
  "\x1b[A\x1b[200~\x1bOP",
  `${"A".repeat(5_000)}\r`,
  "$(reboot)\r",
  "1; sh\r",
  "../../../bin/sh\r",
  "\u0000\u0007\u00ff\r",
  "99999999999999999999\r",
];
/** On a busy machine the menu takes seconds for a page. */
const QUIET_MS = 4_000;
const REFUSAL_MS = 90_000;
/** The question for a name; the system's own words may come behind it. */
const NAME = /\(empty: no change\): /u;
const WRONG_NAMES = ["a b", "-x", "$(id)", "x".repeat(254), "name;reboot"];

/** The only way in at the machine, tried by hands that mean no good. */
export const consoleMenu: Scenario = {
  name: "console-menu",
  proves:
    "Nothing that is typed leaves the menu; a name is changed and kept, and the machine restarts and switches off.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.runningSite();
    const menu = await bench.menuOf(machine);
    for (const text of HOSTILE) {
      machine.serial.type(text);
      await machine.serial.untilQuiet(QUIET_MS);
      machine.serial.type("\x03\r");
      await machine.serial.untilQuiet(QUIET_MS);
    }
    const page = await menu.frontPage();
    must(page.includes("Factory reset"), "the menu is still there");
    await Bun.write(`${bench.folder}/front-page.txt`, page);

    menu.open("hostName");
    for (const name of WRONG_NAMES) {
      await menu.answer(NAME, name);
      await machine.serial.waitFor(/is no host name\./u, REFUSAL_MS);
    }
    await menu.answer(NAME, "support.example.com");
    await menu.answer(/Keep them \(yes, no\): /u, "yes");
    must((await menu.back()).includes("support.example.com"), "the front page shows the new name");

    const begun = performance.now();
    menu.open("restart");
    await menu.answer(/now \(yes, no\): /u, "yes");
    await machine.serial.waitFor(/Booting `Start Causeway'/u, BOOT_MS);
    await untilPage(machine.address, BOOT_MS);
    await bench.figures.take("restart from the menu to the login page", (performance.now() - begun) / 1000, "s");
    const again = await bench.menuOf(machine);
    must((await again.frontPage()).includes("support.example.com"), "the name outlives the restart");
    again.open("powerOff");
    await again.answer(/now \(yes, no\): /u, "yes");
    await machine.untilOff(BOOT_MS);
  },
};
