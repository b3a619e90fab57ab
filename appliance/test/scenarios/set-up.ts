import type { ApplianceStatus } from "../../../protocol/api/appliance/status.ts";
import { must, type Scenario } from "../scenario.ts";
import { applianceAdministrator } from "../site/set-up.ts";

/** The server's own test, emulated on a busy machine. */
const BLESS_MS = 20 * 60_000;

/** What is kept of it is what the other scenarios begin with. */
export const setUpScenario: Scenario = {
  name: "set-up",
  proves: "The site and /appliance are set up with codes of the console's menu, and both outlive a restart.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.runningSite("secure-boot");
    const otto = await applianceAdministrator(machine.address);
    const status = await otto.json<ApplianceStatus>("GET", "/api/appliance/status");
    await Bun.write(`${bench.folder}/status.json`, JSON.stringify(status, null, 2));
    must(status.machine?.firmware === "uefi-secure-boot", `Secure Boot is seen (${status.machine?.firmware})`);
    must(status.slot === "a", `slot A runs (${status.slot})`);
    await machine.serial.waitFor(/This version: (\w+)/u, BLESS_MS);
    const uptime = /\[ *(\d+\.\d+)\][^\n]*This version: good/u.exec(machine.serial.text)?.[1];
    must(uptime !== undefined, "the version that runs is found good");
    await bench.figures.take(
      "kernel's start to blessed, site set up",
      Number(uptime),
      "s",
      "with a loop-back Jump Client",
    );
  },
};
