import type { NetworkState } from "../../../protocol/appliance/network-settings.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { must, type Scenario } from "../scenario.ts";
import { applianceAdministrator } from "../site/set-up.ts";
import type { WebClient } from "../site/web-client.ts";

/** A network that does not lead to this computer. */
const WRONG = { addresses: ["172.31.7.9/24"], gateways: ["172.31.7.1"] };
/** Two minutes, and what an emulated machine needs to notice. */
const REVERT_MS = 5 * 60_000;

/** Nobody can confirm an address they cannot reach. */
export const wrongAddress: Scenario = {
  name: "wrong-address",
  proves: "A wrong static address goes back by itself, because nobody could confirm it.",
  limitMinutes: 60,
  async run(bench) {
    const machine = await bench.runningSite();
    const otto = await applianceAdministrator(machine.address);
    const { settings } = await otto.json<NetworkState>("GET", "/api/appliance/network");
    const [first, ...others] = settings.interfaces;
    must(first !== undefined, "the machine has an interface");
    const wrong = { ...settings, interfaces: [{ ...first, addressing: "static", ...WRONG }, ...others] };
    const tried = performance.now();
    // Its answer may not find its way back any more.
    await otto.ask("POST", "/api/appliance/network/try", { body: wrong, timeoutMs: 20_000 }).catch(() => null);
    await eventually("the appliance to be out of reach", async () => !(await isReached(otto)), 60_000);
    bench.say("out of reach");
    await eventually("the former address", () => isReached(otto), REVERT_MS);
    await bench.figures.take("wrong address to reachable again", (performance.now() - tried) / 1000, "s", "emulated");
    const after = await otto.json<NetworkState>("GET", "/api/appliance/network");
    must(after.trial === null, "nothing is tried any more");
    must(Bun.deepEquals(after.settings, settings), "the settings are as before");
  },
};

async function isReached(client: WebClient): Promise<boolean> {
  try {
    return (await client.ask("GET", "/api/site", { timeoutMs: 4_000 })).ok;
  } catch {
    return false;
  }
}
