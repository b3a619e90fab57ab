import { expect, test } from "bun:test";
import type { ApplianceStatus } from "../../protocol/api/appliance/status.ts";
import { type Appliance, eventually, inStep, pairedAppliances } from "../test/paired-appliances.ts";

const STATUS = "/api/appliance/status";

/** Its software is restarted by whoever administers it; resolves when it answers again. */
async function restartSoftware({ appliance }: Appliance): Promise<void> {
  const { startedAt } = await appliance.json<ApplianceStatus>("GET", STATUS);
  await appliance.json("POST", "/api/appliance/power/software", { drainMinutes: 0 });
  await eventually("it started anew", async () => {
    const status = await appliance.json<ApplianceStatus>("GET", STATUS);
    return status.startedAt === startedAt ? null : status;
  });
}

test("B2 B34 a restart of the software changes no role, on either side of a pair, and what is written goes on to the standby", async () => {
  await using pair = await pairedAppliances();
  const { primary, standby } = pair;
  const before = [await primary.pair(), await standby.pair()];
  for (const appliance of [primary, standby]) {
    await restartSoftware(appliance);
    await inStep(primary);
    await standby.pairIs("the primary is heard", ({ peer }) => peer?.isReached === true);
    const after = [await primary.pair(), await standby.pair()];
    expect(after.map(({ role }) => role)).toEqual(["primary", "standby"]);
    expect(after.map(({ lastSwitch }) => lastSwitch)).toEqual(before.map(({ lastSwitch }) => lastSwitch));
  }
  const anna = await primary.administrator();
  await anna.json("POST", "/api/login/jump-groups", { name: "After it", comments: "" });
  await inStep(primary);
  expect((await standby.administratorRefused()).status).toBe(503);
}, 60_000);
