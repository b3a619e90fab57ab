import { join } from "node:path";
import type { Updates } from "../../../protocol/api/appliance/updates.ts";
import { MAX_BUNDLE_BYTES } from "../../../protocol/appliance/update-manifest.ts";
import { must, type Scenario } from "../scenario.ts";
import { craftBundle, faults } from "../site/crafted-bundles.ts";
import { applianceAdministrator } from "../site/set-up.ts";
import { problemOf, untilState, uploadBundle } from "../site/updates.ts";
import type { WebClient } from "../site/web-client.ts";

const REFUSAL_MS = 3 * 60_000;

/** Whatever is wrong with a bundle, nothing of it is started, and the page says what it was. */
export const refusedUpdates: Scenario = {
  name: "refused-updates",
  proves:
    "Older, foreign, tampered, truncated and endless bundles are refused in words, and the next start is as before.",
  limitMinutes: 75,
  async run(bench) {
    const machine = await bench.runningSite();
    const otto = await applianceAdministrator(machine.address);
    const words: Record<string, string> = {};
    for (const [what, fault] of Object.entries(faults)) {
      const file = join(bench.folder, "crafted.bundle");
      await craftBundle(file, fault, bench.releases.makersKey());
      await uploadBundle(otto, file);
      words[what] = problemOf(await untilState(otto, "failed", REFUSAL_MS));
      bench.say(`${what}: ${words[what]}`);
      must(words[what] !== "", `a bundle ${what} is refused in words`);
      await mustStillStartSlotA(otto);
    }
    await mustRefuseEndless(otto);
    await Bun.write(join(bench.folder, "refusals.json"), JSON.stringify(words, null, 2));
    await bench.figures.take(
      "bundles refused",
      Object.keys(words).length + 1,
      "kinds",
      "next start unchanged each time",
    );
  },
};

async function mustStillStartSlotA(client: WebClient): Promise<void> {
  const { slots } = await client.json<Updates>("GET", "/api/appliance/updates");
  const next = slots?.find(({ isNext }) => isNext);
  must(next?.slot === "a" && next.isRunning, "the next start takes the running version");
}

/** More than was announced never reaches the disk, and nobody announces more than a bundle may hold. */
async function mustRefuseEndless(client: WebClient): Promise<void> {
  const name = "endless.bundle";
  const tooLarge = await client.refusal("POST", "/api/appliance/updates", { name, sizeBytes: MAX_BUNDLE_BYTES + 1 });
  must(tooLarge.code !== "", "a bundle beyond the bound is refused");
  const { id } = await client.json<{ id: string }>("POST", "/api/appliance/updates", { name, sizeBytes: 1_000 });
  const raw = new Uint8Array(4 << 20);
  const answer = await client.ask("PUT", `/api/appliance/updates/${id}/content?offset=0`, { raw });
  must(!answer.ok, "a slice longer than what was announced is refused");
  await client.json("POST", `/api/appliance/updates/${id}/cancel`, {});
}
