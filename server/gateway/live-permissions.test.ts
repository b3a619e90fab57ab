import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { FrameKind } from "../../protocol/frame.ts";
import type { SessionPermission } from "../../protocol/permissions.ts";
import type { SessionGrant } from "../../protocol/session-policy.ts";
import { readGlobalSessionPolicy, writeGlobalSessionPolicy } from "../policy-book/site-rules.ts";
import { defaultGlobalRules } from "../policy/default-rules.ts";
import { representativeSettings } from "../policy/preset-settings.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { openChannel, samples } from "../test/scripted-tools.ts";
import { ALLOW, DENY } from "../test/test-policies.ts";
import { TestClock } from "../test/test-clock.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

/** What "at once" means at most, in ms. */
const AT_ONCE_MS = 2000;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(() => site[Symbol.asyncDispose]());

async function setGlobal(grants: Partial<Record<SessionPermission, SessionGrant>>): Promise<void> {
  const { core } = site.server;
  const { prompting } = defaultGlobalRules;
  await core.database.transaction(async (tx) => {
    const { version } = await readGlobalSessionPolicy(tx);
    const rules = { grants: { ...defaultGlobalRules.grants, ...grants }, prompting };
    await writeGlobalSessionPolicy(tx, { rules, version: version + 1 });
  });
  await core.policyBook.changed();
}

async function setOwn(username: string, settings: DefinedSettings, { server } = site): Promise<void> {
  const row = { settings: JSON.stringify(settings) };
  const { queries } = server.core.database;
  await queries.updateTable("representatives").set(row).where("username", "=", username).execute();
  await server.core.policyBook.changed();
}

/** Somebody in a session of their own, with a shell and a view of the screen. */
async function working(username: string) {
  const browser = await site.server.representative(username);
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(browser, agent, socket);
  const shell = await openChannel(console, lanes, "shell.open", session);
  const screen = await openChannel(console, lanes, "screen.open", session);
  return { browser, agent, console, session, lanes, shell, screen };
}

describe("NA38 what is open follows the policies", () => {
  test("NA38 a session permission that is taken away closes its channels at both ends and no others, and the view says so", async () => {
    await using _restored = { [Symbol.asyncDispose]: () => setGlobal({}) };
    const { console, session, lanes, shell, screen } = await working("rosa");
    const began = performance.now();
    await setGlobal({ "shell.use": DENY });
    expect((await lanes.interactive.nextFrame(shell, FrameKind.close)).reason).toBe("channel.revoked");
    expect((await console.socket.nextFrame(shell, FrameKind.close)).reason).toBe("channel.revoked");
    const view = await console.sees(session, ({ permissions }) => !permissions.includes("shell.use"));
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    expect(view.permissions).toContain("screen.view");
    expect(await console.refusal("shell.open", { ...samples["shell.open"]!.params, session })).toBe(
      "permission.denied",
    );
    lanes.interactive.data(screen, "still a picture");
    expect(Buffer.from((await console.socket.nextFrame(screen, FrameKind.data)).payload).toString()).toBe(
      "still a picture",
    );
    console[Symbol.dispose]();
  });

  test("NA38 a permission that is given works in a session that runs, and is shown", async () => {
    await setGlobal({ "shell.use": DENY });
    const browser = await site.server.representative("theo");
    const { agent, socket } = await site.jumpClient();
    const { console, session, lanes } = await startSession(browser, agent, socket);
    expect(await console.refusal("shell.open", { ...samples["shell.open"]!.params, session })).toBe(
      "permission.denied",
    );
    await setGlobal({ "shell.use": ALLOW });
    await console.sees(session, ({ permissions }) => permissions.includes("shell.use"));
    await openChannel(console, lanes, "shell.open", session);
    console[Symbol.dispose]();
  });

  test("NA38 NA18 whoever loses the role on a Jump Item loses all of its session, and for them it is not there", async () => {
    const { console, agent, lanes, shell, screen, session } = await working("iris");
    const { systemJumpItemRole: _, ...rest } = representativeSettings;
    await setOwn("iris", rest);
    expect((await lanes.interactive.nextFrame(shell, FrameKind.close)).reason).toBe("channel.revoked");
    expect((await lanes.interactive.nextFrame(screen, FrameKind.close)).reason).toBe("channel.revoked");
    await console.sees(session, ({ permissions }) => !permissions.includes("screen.view"));
    expect(await console.refusal("session.start", { jumpItem: agent.jumpClient })).toBe("not_found");
    console[Symbol.dispose]();
  });

  test("NA38 whoever may not use the console any more is signed out of it with the reason; others stay", async () => {
    const gone = await working("otto");
    const stays = await working("nina");
    const began = performance.now();
    const { "console.use": _, ...rest } = representativeSettings;
    await setOwn("otto", rest);
    expect((await gone.console.socket.next("console.signed-out")).code).toBe("permission.denied");
    expect((await gone.console.socket.closed).code).toBe(4001);
    expect((await gone.lanes.interactive.nextFrame(gone.shell, FrameKind.close)).reason).toBe("channel.revoked");
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    expect((await gone.browser.request("GET", "/api/console/account")).status).toBe(401);
    expect((await gone.browser.request("GET", "/api/login/account")).status).toBe(200);
    expect((await stays.console.ask("console.ping")).type).toBe("console.pong");
    stays.console[Symbol.dispose]();
  });

  test("NA38 a file on its way stops when downloading is not allowed any more", async () => {
    await using _restored = { [Symbol.asyncDispose]: () => setGlobal({}) };
    const { browser, console, session, lanes } = await working("hugo");
    const created = browser.json<{ id: string }>("POST", `/api/console/sessions/${session}/downloads`, { path: "/a" });
    const stat = await lanes.bulk.nextTool("download.stat");
    const facts = {
      kind: "file",
      name: "a",
      sizeBytes: 1 << 30,
      modifiedAt: new Date().toISOString(),
      version: "1",
      entries: 1,
    };
    lanes.bulk.send({ type: "download.stated", request: stat.request, ...facts });
    const { id } = await created;
    const path = `/api/console/sessions/${session}/downloads/${id}`;
    const content = browser.request("GET", `${path}/content`);
    const came = content
      .then(async (response) => (response.ok ? await response.text() : "refused"))
      .catch(() => "broken");
    const read = await lanes.bulk.nextTool("download.read");
    lanes.bulk.send({ type: "download.reading", request: read.request, channel: read.channel, sha256: null });
    lanes.bulk.data(read.channel, "the beginning");
    await setGlobal({ "files.download": DENY });
    expect((await lanes.bulk.nextFrame(read.channel, FrameKind.close)).reason).toBe("channel.revoked");
    expect(["refused", "broken"]).toContain(await came);
    expect(await browser.refusal("GET", path)).toEqual({ status: 403, code: "permission.denied" });
    console[Symbol.dispose]();
  });

  test("a change that changes nothing for a session sends nothing", async () => {
    const { console, session } = await working("emil");
    await site.server.core.policyBook.changed();
    await console.ask("console.ping");
    await Bun.sleep(100);
    console.socket.messages.length = 0;
    await site.server.core.policyBook.changed();
    await Bun.sleep(200);
    expect(console.socket.messages.filter(({ type }) => type === "session.changed" && session !== "")).toEqual([]);
    console[Symbol.dispose]();
  });
});

test("NA38 a sign-in ends when its account's schedule closes, in both areas", async () => {
  const clock = new TestClock();
  await using timed = await startTestSite({ clock });
  const now = clock.now();
  const day = (now.getUTCDay() + 6) % 7;
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes() + 3;
  const end = minute < 1440 ? { endDay: day, endMinute: minute } : { endDay: (day + 1) % 7, endMinute: minute - 1440 };
  const window = { startDay: (day + 6) % 7, startMinute: 0, ...end };
  const browser = await timed.server.representative("night", {
    ...representativeSettings,
    signInSchedule: { timeZone: "UTC", windows: [window] },
  });
  const console = await ScriptedConsole.open(browser);
  expect((await browser.request("GET", "/api/login/account")).status).toBe(200);
  clock.advance(4 * 60_000);
  expect((await console.socket.next("console.signed-out")).code).toBe("sign_in.outside_schedule");
  expect((await console.socket.closed).code).toBe(4001);
  expect((await browser.request("GET", "/api/login/account")).status).toBe(401);
});
