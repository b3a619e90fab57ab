import { describe, expect, test } from "bun:test";
import { ADMINISTRATOR } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { inStep, pairedAppliances } from "../test/paired-appliances.ts";

interface Group {
  readonly name: string;
}

const add = (browser: TestBrowser, name: string) =>
  browser.json("POST", "/api/login/jump-groups", { name, comments: "" });
const names = async (browser: TestBrowser): Promise<string[]> =>
  (await browser.json<{ jumpGroups: Group[] }>("GET", "/api/login/jump-groups")).jumpGroups.map(({ name }) => name);

describe("a failover pair", () => {
  test("B34 a standby takes over by force what the primary wrote before it died", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const anna = await primary.administrator();
    await add(anna, "Before");
    await inStep(primary);
    await primary.kill();
    await standby.pairIs("the primary is gone", ({ peer }) => peer?.isReached === false);
    expect(await standby.act("switch", { force: true })).toMatchObject({ role: "primary" });
    const there = await standby.administrator();
    expect(await names(there)).toContain("Before");
    expect(ADMINISTRATOR).toBe("anna");
  }, 60_000);
});
