import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JumpPolicy } from "../../protocol/api/policies.ts";
import { lastAudit } from "../test/last-audit.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { ruleless } from "../test/test-policies.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const PATH = "/api/login/jump-policies";
/** Closed whenever a test runs: one minute of the week, three days from now. */
const closedNow = (): object => {
  const day = (new Date().getUTCDay() + 2) % 7;
  return { timeZone: "UTC", windows: [{ startDay: day, startMinute: 0, endDay: day, endMinute: 1 }] };
};

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const create = (displayName: string, rules: object = {}, more: object = {}): Promise<JumpPolicy> =>
  site.admin.json<JumpPolicy>("POST", PATH, {
    ...{ displayName, description: "", rules: { ...ruleless, ...rules } },
    ...more,
  });
const get = (id: string): Promise<JumpPolicy> => site.admin.json<JumpPolicy>("GET", `${PATH}/${id}`);

describe("Jump Policies", () => {
  test("POLICY-01 have a name that is taken once in whatever case, a code name of their own, and a description", async () => {
    const made = await create("Office hours");
    expect(made).toMatchObject({ codeName: "office_hours", jumpItems: 0, isOpen: true, changesAt: null, version: 1 });
    expect((await create("Office  hours")).codeName).toBe("office_hours_2");
    const post = async (change: object) =>
      (await site.admin.refusal("POST", PATH, { body: { description: "", rules: ruleless, ...change } })).code;
    expect(await post({ displayName: "OFFICE HOURS" })).toBe("request.conflict");
    expect(await post({ displayName: "Others", codeName: "office_hours" })).toBe("request.conflict");
    expect(await post({ displayName: "Others", codeName: "Not Plain" })).toBe("request.invalid");
  });

  test("a change tells the log what was and what is, and a late one is refused", async () => {
    const made = await create("Nights");
    const body = { version: made.version, rules: { ...made.rules, requiresTicket: true } };
    const changed = await site.admin.json<JumpPolicy>("PATCH", `${PATH}/${made.id}`, body);
    expect(changed).toMatchObject({ version: 2, rules: { requiresTicket: true } });
    expect((await lastAudit(site.admin, "jump-policy.changed")).detail).toEqual({
      requiresTicket: { before: false, after: true },
    });
    expect((await site.admin.refusal("PATCH", `${PATH}/${made.id}`, { body })).code).toBe("request.stale");
  });

  test("POLICY-03 POLICY-04 a schedule is checked, and says whether it is open and when that changes", async () => {
    const nowhere = { ...closedNow(), timeZone: "Mars/Olympus" };
    const body = { displayName: "Mars", description: "", rules: { ...ruleless, schedule: nowhere } };
    expect((await site.admin.refusal("POST", PATH, { body })).code).toBe("request.invalid");
    const made = await create("Rarely", { schedule: closedNow() });
    expect(made.isOpen).toBe(false);
    expect(Date.parse(made.changesAt!)).toBeGreaterThan(Date.now());
    const off = { version: made.version, rules: { ...made.rules, schedule: null } };
    expect(await site.admin.json("PATCH", `${PATH}/${made.id}`, off)).toMatchObject({ isOpen: true, changesAt: null });
  });

  test("POLICY-01 a copy asks for the same under a name of its own, is on no Jump Item, and the log knows its origin", async () => {
    const made = await create("Ledger hours", { schedule: closedNow(), requiresTicket: true });
    const path = `${PATH}/${made.id}/copy`;
    const copied = await site.admin.json<JumpPolicy>("POST", path, { displayName: "Ledger hours, copy" });
    expect(copied).toMatchObject({ rules: made.rules, codeName: "ledger_hours_copy", jumpItems: 0, version: 1 });
    expect((await lastAudit(site.admin, "jump-policy.created")).detail).toMatchObject({ copiedFrom: "Ledger hours" });
    const again = { body: { displayName: "Ledger hours" } };
    expect((await site.admin.refusal("POST", path, again)).code).toBe("request.conflict");
    expect((await site.admin.refusal("POST", `${PATH}/${"A".repeat(22)}/copy`, again)).code).toBe("not_found");
  });

  test("a team that is not there cannot be the one to agree", async () => {
    const approval = { team: "A".repeat(22), validMinutes: 60 };
    const body = { displayName: "Agreed", description: "", rules: { ...ruleless, approval } };
    expect((await site.admin.refusal("POST", PATH, { body })).code).toBe("request.conflict");
  });

  test("POLICY-02 POLICY-06 one has no effect until a Jump Item has it; then it refuses a start, and cannot go", async () => {
    const policy = await create("Never by day", { schedule: closedNow() });
    const { agent, socket } = await site.jumpClient();
    const rosa = await site.server.representative("rosa");
    const console = await ScriptedConsole.open(rosa);
    const session = await console.start(agent.jumpClient);
    await agent.attach(await socket.next("session.begin"));
    await console.sees(session, (view) => view.state === "active");
    await console.ask("session.end", { session });
    const ids = [agent.jumpClient];
    await site.admin.json("PATCH", "/api/console/jump-items", { ids, changes: { jumpPolicy: policy.id } });
    expect(await console.refusal("session.start", { jumpItem: agent.jumpClient })).toBe("start.schedule_closed");
    expect((await get(policy.id)).jumpItems).toBe(1);
    const refused = await site.admin.request("DELETE", `${PATH}/${policy.id}`);
    expect(refused.status).toBe(409);
    expect(((await refused.json()) as { message: string }).message).toContain("1 Jump Item (");
    await site.admin.json("PATCH", "/api/console/jump-items", { ids, changes: { jumpPolicy: null } });
    await site.admin.json("DELETE", `${PATH}/${policy.id}`);
  });
});
