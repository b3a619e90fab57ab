import { join } from "node:path";
import { must, type Scenario } from "../scenario.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { applianceAdministrator, setUp, siteAdministrator } from "../site/set-up.ts";

const SOME_ROWS = 10;
/** More than is free on the smallest disk. */
const LARGE_BYTES = 2_000_000_000;

/** The raw image as it is: its data partition has 128 MiB, and nothing to grow into. */
export const diskFull: Scenario = {
  name: "disk-full",
  proves: "An update that does not fit is refused before anything is written, and the site goes on.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.smallestMachine("machine");
    await bench.start(machine);
    await setUp(machine.address, await bench.menuOf(machine));
    const otto = await applianceAdministrator(machine.address);
    const refusal = await otto.refusal("POST", "/api/appliance/updates", {
      name: "large.bundle",
      sizeBytes: LARGE_BYTES,
    });
    await Bun.write(join(bench.folder, "refusal.txt"), `${refusal.status} ${refusal.code}: ${refusal.message}\n`);
    must(refusal.code === "storage.full", `the update does not fit (${refusal.status} ${refusal.code})`);
    const ada = await siteAdministrator(machine.address);
    const rows = new AcknowledgedRows(ada, 1);
    await rows.stopAfter(SOME_ROWS);
    await rows.mustBeThere(ada);
  },
};
