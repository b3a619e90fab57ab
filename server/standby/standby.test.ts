import { describe, expect, test } from "bun:test";
import type { AuditRow } from "../../protocol/api/administration.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { eventually, inStep, pairedAppliances } from "../test/paired-appliances.ts";

interface Group {
  readonly name: string;
}

const add = (browser: TestBrowser, name: string) =>
  browser.json("POST", "/api/login/jump-groups", { name, comments: "" });
const names = async (browser: TestBrowser): Promise<string[]> =>
  (await browser.json<{ jumpGroups: Group[] }>("GET", "/api/login/jump-groups")).jumpGroups.map(({ name }) => name);

/** What the site's audit log says, newest first. */
const actions = async (browser: TestBrowser): Promise<string[]> =>
  (await browser.json<{ rows: { action: string }[] }>("GET", "/api/login/audit")).rows.map(({ action }) => action);

const steppedBack = async (browser: TestBrowser): Promise<AuditRow[]> =>
  (await browser.json<{ rows: AuditRow[] }>("GET", "/api/login/audit")).rows.filter(
    ({ action }) => action === "standby.stepped-back",
  );
const never = (): never => {
  throw new Error("nothing is there");
};

/** Writes one after the other until it is stopped, and keeps what was acknowledged. */
class Writing {
  readonly acknowledged: string[] = [];
  #isOver = false;
  readonly #writing: Promise<void>;
  constructor(private readonly browser: TestBrowser) {
    this.#writing = this.#write();
  }

  async wrote(count: number): Promise<void> {
    while (this.acknowledged.length < count) await Bun.sleep(5);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (let number = 0; !this.#isOver; number += 1) {
      const name = `Group ${number}`;
      try {
        await add(this.browser, name);
        this.acknowledged.push(name);
      } catch {
        // Not acknowledged, and so not promised.
        await Bun.sleep(5);
      }
    }
  }
}

describe("a failover pair", () => {
  test("B34 a standby takes over by force what the primary wrote before it died; the former primary comes back as its standby", async () => {
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
    await add(there, "After");
    await primary.start();
    await primary.signIn("olga");
    await primary.pairIs("it steps back", ({ role }) => role === "standby");
    expect((await primary.administratorRefused()).status).toBe(503);
    await standby.signIn("olga");
    await inStep(standby);
    expect(await standby.pair()).toMatchObject({ role: "primary", lastSwitch: { isForced: true, isDrill: false } });
    expect(await actions(there)).toContain("standby.took-over");
    // The log of the database that is served since says that the other one stepped back, once however often it comes again.
    await eventually("it is written down", async () => (await steppedBack(there)).length === 1 || null);
    await primary.kill();
    await primary.start();
    await inStep(standby);
    await primary.signIn("olga");
    const lossOfFormer = (await primary.pair()).history.find(({ isLoss }) => isLoss === true);
    expect(lossOfFormer?.text).toContain(
      "The other one took over; this appliance is its standby. What this appliance ",
    );
    const [{ detail, actorKind, objectKind } = never(), ...more] = await steppedBack(there);
    expect(more).toEqual([]);
    expect(detail).toMatchObject({ term: 2, steppedBackAt: lossOfFormer?.at });
    expect({ actorKind, objectKind }).toEqual({ actorKind: "system", objectKind: "appliance" });
    const loss = (await standby.pair()).history.find(({ isLoss }) => isLoss === true);
    expect(loss?.text).toMatch(
      /^This appliance took over by force from .*\. What the other one wrote after .* UTC is lost/u,
    );
  }, 60_000);

  test("B34 roles change as planned while others write, and nothing that was acknowledged is lost; and back again", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const anna = await primary.administrator();
    const writing = new Writing(anna);
    await writing.wrote(20);
    expect(await primary.act("switch", { force: false })).toMatchObject({
      role: "standby",
      lastSwitch: { isForced: false },
    });
    await writing.stop();
    const there = await standby.administrator();
    const kept = new Set(await names(there));
    expect(writing.acknowledged.filter((name) => !kept.has(name))).toEqual([]);
    expect(writing.acknowledged.length).toBeGreaterThan(20);
    expect(await actions(there)).toContain("standby.switching");
    // The standby wishes it this time.
    await standby.signIn("olga");
    await inStep(standby);
    await add(there, "Between");
    await primary.signIn("olga");
    await primary.pairIs("it follows", ({ behindBytes }) => behindBytes === 0);
    await primary.act("switch", { force: false });
    const back = await primary.administrator();
    expect(await names(back)).toContain("Between");
    await primary.signIn("olga");
    expect((await inStep(primary)).history.filter(({ isLoss }) => isLoss === true)).toEqual([]);
    expect(await steppedBack(back)).toEqual([]);
  }, 60_000);
});
