import { afterAll, beforeAll, expect, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import { setSettings } from "../test/account-holding.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { addJumpClientUnder, addStarter, startNeedsOf, STARTING } from "../test/start-scenes.ts";
import { TestClock } from "../test/test-clock.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
const clock = new TestClock();
beforeAll(async () => {
  site = await startTestSite({ clock });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const account = (settings?: DefinedSettings) => addStarter(site, settings);
const under = (rules: Partial<JumpRules>) => addJumpClientUnder(site, rules);
async function lastAudit(action: string) {
  const { rows } = await site.admin.json<{
    rows: { action: string; actorName: string; detail: Record<string, unknown> }[];
  }>("GET", `/api/login/audit?limit=50`);
  return rows.find((row) => row.action === action);
}

/** Open for one hour on the day after tomorrow, so closed now; in UTC. */
function closedNow() {
  const day = (clock.now().getUTCDay() + 8) % 7;
  return { timeZone: "UTC", windows: [{ startDay: day, startMinute: 600, endDay: day, endMinute: 660 }] };
}

test("a Jump Item without a Jump Policy needs nothing", async () => {
  const { agent } = await site.jumpClient();
  const { browser } = await account();
  const nothing = { schedule: null, needsTicket: false, needsEndUserCode: false, approval: null, inSessionWith: null };
  expect(await startNeedsOf(browser, agent.jumpClient)).toEqual(nothing);
});

test("JUMP-14 POLICY-06 outside its schedule a start is refused with the next opening, and the refusal is written down", async () => {
  const jumpItem = await under({ schedule: closedNow() });
  const { browser } = await account();
  const { schedule } = await startNeedsOf(browser, jumpItem);
  expect(schedule).toMatchObject({ mayOverride: false });
  expect(schedule!.opensAt).toEndWith("T10:00:00.000Z");
  using console = await ScriptedConsole.open(browser);
  const refusal = await console.ask("session.start", { jumpItem });
  expect([refusal["code"], String(refusal["message"])]).toEqual([
    "start.schedule_closed",
    expect.stringContaining(schedule!.opensAt!),
  ]);
  expect(await console.refusal("session.start", { jumpItem, overrideSchedule: true })).toBe("start.schedule_closed");
  expect((await lastAudit("session.refused"))?.detail).toEqual({ code: "start.schedule_closed" });
});

test("JUMP-15 who may change Jump Policies starts outside the schedule knowingly, and it is written down", async () => {
  const jumpItem = await under({ schedule: closedNow() });
  const { browser, name } = await account({ ...STARTING, "jump-policies.manage": true });
  expect((await startNeedsOf(browser, jumpItem)).schedule).toMatchObject({ mayOverride: true });
  using console = await ScriptedConsole.open(browser);
  expect(await console.refusal("session.start", { jumpItem })).toBe("start.schedule_closed");
  const started = await console.ask("session.start", { jumpItem, overrideSchedule: true });
  expect(started.type).toBe("session.started");
  expect((await lastAudit("session.schedule-overridden"))?.actorName).toBe(name);
});

test("POLICY-09 a ticket id is asked for, kept and shown; without one nothing starts", async () => {
  const jumpItem = await under({ requiresTicket: true });
  const { browser } = await account();
  expect(await startNeedsOf(browser, jumpItem)).toMatchObject({ needsTicket: true });
  using console = await ScriptedConsole.open(browser);
  for (const ticket of [undefined, "", "   "])
    expect(await console.refusal("session.start", { jumpItem, ...(ticket === undefined ? {} : { ticket }) })).toBe(
      "start.ticket_required",
    );
  const request = console.request("session.start", { jumpItem, ticket: " INC-4711 " });
  const started = await console.socket.next("session.started", (message) => message.request === request);
  expect(started.session.ticket).toBe("INC-4711");
  expect(started.session.events.map(({ text }) => text)).toContain("The ticket is INC-4711");
});

test("POLICY-09 a ticket id is checked by another system, whose refusal is told; when it is down nothing starts", async () => {
  const asked: unknown[] = [];
  let answer = (): Response => new Response(null, { status: 204 });
  await using tickets = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      asked.push(await request.json());
      return answer();
    },
  });
  const set = (ticketCheckUrl: string) => site.admin.json("PATCH", "/api/login/jump-item-settings", { ticketCheckUrl });
  await set(`http://127.0.0.1:${tickets.port}/check`);
  const jumpItem = await under({ requiresTicket: true });
  const { browser, name } = await account();
  using console = await ScriptedConsole.open(browser);
  answer = () => new Response("INC-1 is\r\nclosed.", { status: 403 });
  const refusal = await console.ask("session.start", { jumpItem, ticket: "INC-1" });
  expect(refusal).toMatchObject({ code: "start.ticket_refused", message: "The ticket was refused: INC-1 is closed." });
  expect(asked).toEqual([
    { ticket: "INC-1", representative: { username: name, name }, jumpItem: { id: jumpItem, name: expect.any(String) } },
  ]);
  answer = () => new Response(null, { status: 302, headers: { location: "/yes" } });
  expect(await console.refusal("session.start", { jumpItem, ticket: "INC-1" })).toBe("start.ticket_refused");
  answer = () => new Response("boom", { status: 500 });
  expect(await console.refusal("session.start", { jumpItem, ticket: "INC-1" })).toBe("start.ticket_refused");
  await set("http://127.0.0.1:1/");
  expect(await console.refusal("session.start", { jumpItem, ticket: "INC-1" })).toBe("start.ticket_refused");
  await set(`http://127.0.0.1:${tickets.port}/check`);
  answer = () => new Response("fine");
  expect((await console.ask("session.start", { jumpItem, ticket: "INC-1" })).type).toBe("session.started");
  await set("");
  for (const bad of ["ftp://x/", "http://a:b@x/", "nothing"])
    expect(
      (await site.admin.refusal("PATCH", "/api/login/jump-item-settings", { body: { ticketCheckUrl: bad } })).code,
    ).toBe("request.invalid");
});

test("NA38 who loses the right to start while the ticket is checked elsewhere starts nothing", async () => {
  const [reached, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Response>()];
  await using tickets = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => {
      reached.resolve();
      return answer.promise;
    },
  });
  const set = (ticketCheckUrl: string) => site.admin.json("PATCH", "/api/login/jump-item-settings", { ticketCheckUrl });
  await set(`http://127.0.0.1:${tickets.port}/check`);
  const jumpItem = await under({ requiresTicket: true });
  const { browser, id } = await account();
  using console = await ScriptedConsole.open(browser);
  const refusal = console.refusal("session.start", { jumpItem, ticket: "INC-1" });
  await reached.promise;
  const { systemJumpItemRole: _, ...rest } = STARTING;
  await setSettings(site.server.core, id, rest);
  answer.resolve(new Response(null, { status: 200 }));
  expect(await refusal).toBe("permission.denied");
  await set("");
});

test("POLICY-10 the end user proves who they are with a code of their app, which works once", async () => {
  const jumpItem = await under({ requiresEndUserProof: true });
  const { browser } = await account();
  using console = await ScriptedConsole.open(browser);
  expect(await startNeedsOf(browser, jumpItem)).toMatchObject({ needsEndUserCode: true });
  expect(await console.refusal("session.start", { jumpItem })).toBe("start.end_user_proof_required");
  expect(await console.refusal("session.start", { jumpItem, endUserCode: "123456" })).toBe(
    "start.end_user_proof_required",
  );
  const path = `/api/console/jump-items/${jumpItem}/end-user-proof`;
  expect((await browser.refusal("POST", path)).code).toBe("permission.denied");
  const { secret } = await site.admin.json<{ secret: string; uri: string }>("POST", path);
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = (ms = 0) => app.generate({ timestamp: clock.now().getTime() + ms });
  expect((await site.admin.refusal("PUT", path, { body: { code: "000000" } })).code).toBe(
    "start.end_user_proof_required",
  );
  await site.admin.json("PUT", path, { code: code(-30_000) });
  expect(await console.refusal("session.start", { jumpItem, endUserCode: code(-30_000) })).toBe(
    "start.end_user_proof_required",
  );
  const right = code();
  expect((await console.ask("session.start", { jumpItem, endUserCode: right })).type).toBe("session.started");
  expect(
    JSON.stringify(
      await site.server.core.database.queries
        .selectFrom("jump_clients")
        .select("end_user_secret")
        .where("id", "=", jumpItem)
        .execute(),
    ),
  ).not.toContain(secret);
  await site.admin.json("DELETE", path);
  expect(await site.admin.json("GET", `/api/console/jump-items/${jumpItem}`)).toMatchObject({
    properties: { hasEndUserProof: false },
  });
});

test("POLICY-10 after five wrong codes none is looked at for five minutes", async () => {
  const jumpItem = await under({ requiresEndUserProof: true });
  const path = `/api/console/jump-items/${jumpItem}/end-user-proof`;
  const { secret } = await site.admin.json<{ secret: string }>("POST", path);
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  await site.admin.json("PUT", path, { code: app.generate({ timestamp: clock.now().getTime() - 30_000 }) });
  const { browser } = await account();
  using console = await ScriptedConsole.open(browser);
  const right = () => app.generate({ timestamp: clock.now().getTime() });
  const wrong = () => String((Number(right()) + 1) % 1_000_000).padStart(6, "0");
  for (let tried = 0; tried < 5; tried += 1)
    expect(await console.refusal("session.start", { jumpItem, endUserCode: wrong() })).toBe(
      "start.end_user_proof_required",
    );
  expect(await console.refusal("session.start", { jumpItem, endUserCode: right() })).toBe("request.too_many");
  clock.advance(300_001);
  using later = await ScriptedConsole.open(browser);
  expect((await later.ask("session.start", { jumpItem, endUserCode: right() })).type).toBe("session.started");
});

test("POLICY-11 JUMP-34 where simultaneous Jumps are off a second one is refused, by start and by join; where they are on it joins and the owner is told", async () => {
  const owner = await account();
  const second = await account();
  using owners = await ScriptedConsole.open(owner.browser);
  using seconds = await ScriptedConsole.open(second.browser);
  const closed = await under({ allowsSimultaneousJumps: false });
  const session = await owners.start(closed);
  expect((await startNeedsOf(second.browser, closed)).inSessionWith).toBe(owner.name);
  expect(await seconds.refusal("session.start", { jumpItem: closed })).toBe("start.already_in_session");
  expect(await seconds.refusal("session.join", { session })).toBe("start.already_in_session");
  expect((await owners.ask("session.start", { jumpItem: closed })).type).toBe("session.started");
  const open = await under({ allowsSimultaneousJumps: true });
  await site.admin.json("PATCH", "/api/login/jump-item-settings", { allowsSimultaneousJumps: false });
  const shared = await owners.start(open);
  expect(await seconds.start(open)).toBe(shared);
  const told = await owners.socket.next(
    "session.logged",
    ({ session: of, event }) => of === shared && event.text.includes("joined"),
  );
  expect(told.event.text).toBe(`${second.name} joined the session`);
  const bySite = await under({});
  await owners.start(bySite);
  expect(await seconds.refusal("session.start", { jumpItem: bySite })).toBe("start.already_in_session");
  await site.admin.json("PATCH", "/api/login/jump-item-settings", { allowsSimultaneousJumps: true });
  expect((await seconds.ask("session.start", { jumpItem: bySite })).type).toBe("session.started");
});

test("POLICY-11 of two who start at the same moment only one gets in where simultaneous Jumps are off", async () => {
  const [one, two] = [await account(), await account()];
  using ones = await ScriptedConsole.open(one.browser);
  using twos = await ScriptedConsole.open(two.browser);
  const jumpItem = await under({ allowsSimultaneousJumps: false });
  const asked = [ones, twos].map((console) => [console, console.request("session.start", { jumpItem })] as const);
  const answers = await Promise.all(asked.map(([console, request]) => console.answer(request)));
  expect(answers.map(({ type }) => type).toSorted()).toEqual(["error", "session.started"]);
});
