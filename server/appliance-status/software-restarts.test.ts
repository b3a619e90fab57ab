import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Status } from "../../protocol/api/administration.ts";
import type { ApplianceStatus } from "../../protocol/api/appliance/status.ts";
import { readSessionLine } from "../../protocol/session-lines.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { lastAudit } from "../test/last-audit.ts";
import { openSystemHelperPeer, type SystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { TestClock } from "../test/test-clock.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

const MINUTE_MS = 60_000;
const RESTART = "/api/login/restart";
const CANCEL = "/api/login/restart/cancel";
const POWER = "/api/appliance/power";

let clock: TestClock;
let peer: SystemHelperPeer;
let site: TestSite;
let anna: TestBrowser;
let olga: TestBrowser;
beforeEach(async () => {
  clock = new TestClock();
  peer = await openSystemHelperPeer();
  site = await startTestSite({ clock, helperSocket: peer.socket });
  anna = site.admin;
  olga = await applianceAdministrator(site.server);
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

/** Whether whoever serves has been asked to start anew, within so long. */
async function isRestartAsked(withinMs: number): Promise<boolean> {
  const { asked } = site.server.core.restartWish;
  return await Promise.race([asked.then(() => true), Bun.sleep(withinMs).then(() => false)]);
}

const announced = async () => (await anna.json<Status>("GET", "/api/login/status")).restart;
const body = { drainMinutes: 5 };

describe("B2 who restarts the software", () => {
  test("B2 nobody who is not signed in, nobody without the right to change settings, and no administrator of the one at the other", async () => {
    const looker = await site.server.representative("lena", { "settings.view": true, "console.use": true });
    const nobody = site.server.browser();
    for (const path of [RESTART, CANCEL]) {
      expect((await nobody.refusal("POST", path, { body })).status).toBe(401);
      expect((await olga.refusal("POST", path, { body })).status).toBe(401);
      expect((await looker.refusal("POST", path, { body })).code).toBe("permission.denied");
    }
    for (const browser of [nobody, looker, anna])
      expect((await browser.refusal("POST", `${POWER}/software`, { body })).status).toBe(401);
    expect((await anna.refusal("POST", RESTART, { body: { drainMinutes: 61 } })).code).toBe("request.invalid");
    expect((await looker.json<Status>("GET", "/api/login/status")).restart).toBeNull();
    expect(await isRestartAsked(1500)).toBe(false);
  });

  test("B2 who may change settings announces it, one at a time, and calls it off; each is in the audit log and told", async () => {
    const { agent, socket } = await site.jumpClient();
    using begun = (await startSession(anna, agent, socket)).console;
    expect(await anna.json("POST", RESTART, body)).toMatchObject({ kind: "software", by: "anna" });
    expect(await announced()).toEqual({
      ...{ kind: "software", by: "anna", at: new Date(clock.now().getTime() + 5 * MINUTE_MS).toISOString() },
    });
    expect(await lastAudit(anna, "power.announced")).toMatchObject({
      ...{ actorName: "anna", objectName: "Software", detail: { kind: "software", drainMinutes: 5 } },
    });
    expect((await anna.refusal("POST", RESTART, { body })).code).toBe("request.conflict");
    expect((await olga.refusal("POST", `${POWER}/software`, { body })).code).toBe("request.conflict");
    expect((await olga.refusal("POST", `${POWER}/restart`, { body })).code).toBe("request.conflict");

    await anna.json("POST", CANCEL);
    expect(await announced()).toBeNull();
    const isOff = ({ message }: { message: string }): boolean => message === "The restart was called off.";
    expect(await begun.socket.next("session.notice", isOff)).toMatchObject({ minutes: 0 });
    expect(await lastAudit(anna, "power.cancelled")).toMatchObject({
      ...{ actorName: "anna", objectName: "Software", detail: { kind: "software" } },
    });
    expect((await anna.refusal("POST", CANCEL)).code).toBe("request.conflict");
    clock.advance(10 * MINUTE_MS);
    expect(await isRestartAsked(2500)).toBe(false);
  }, 30_000);

  test("B2 of several asked for at once one is announced, and only that one is in the audit log", async () => {
    const { agent, socket } = await site.jumpClient();
    using _ = (await startSession(anna, agent, socket)).console;
    // All of them wait for the same turn of the database.
    const turn = Promise.withResolvers<void>();
    const held = site.server.core.database.transaction(() => turn.promise);
    const asking = [
      ...[1, 2, 3].map((drainMinutes) => anna.request("POST", RESTART, { body: { drainMinutes } })),
      ...["software", "restart", "off"].map((kind) => olga.request("POST", `${POWER}/${kind}`, { body })),
    ];
    await Bun.sleep(300);
    turn.resolve();
    await held;
    const asked = await Promise.all(asking);
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    const { rows } = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=power.announced");
    expect(rows).toHaveLength(1);
    await olga.json("POST", `${POWER}/cancel`);
  }, 30_000);

  test("B2 from /login a restart of the machine is seen and not called off; from /appliance one of the software is", async () => {
    const { agent, socket } = await site.jumpClient();
    using _ = (await startSession(anna, agent, socket)).console;
    await olga.json("POST", `${POWER}/restart`, body);
    expect(await announced()).toMatchObject({ kind: "restart", by: "olga" });
    const refused = await anna.request("POST", CANCEL);
    expect(await refused.json()).toMatchObject({
      ...{ code: "request.conflict", message: expect.stringContaining("calls it off at /appliance") },
    });
    expect(await announced()).toMatchObject({ kind: "restart" });
    await olga.json("POST", `${POWER}/cancel`);

    await anna.json("POST", RESTART, body);
    expect(await olga.json<ApplianceStatus>("GET", "/api/appliance/status")).toMatchObject({
      power: { kind: "software", by: "anna" },
    });
    await olga.json("POST", `${POWER}/cancel`);
    expect(await lastAudit(anna, "power.cancelled")).toMatchObject({
      ...{ actorName: "olga", objectName: "Software", detail: { kind: "software" } },
    });
    expect(await announced()).toBeNull();
  }, 30_000);
});

describe("B2 a restart of the software while somebody is in a session", () => {
  test("B2 they are told in words of its own, nobody starts another, and it happens when the last session has ended", async () => {
    const { agent, socket } = await site.jumpClient();
    const other = await site.jumpClient();
    const { console, session } = await startSession(anna, agent, socket);
    using _ = console;
    await olga.json("POST", `${POWER}/software`, { drainMinutes: 10 });
    expect(await console.socket.next("session.notice")).toMatchObject({
      ...{ minutes: 10, message: "The software restarts in 10 minutes." },
    });
    const logged = await console.socket.next("session.logged", ({ event }) => event.kind === "warning");
    expect(readSessionLine(logged.event.text)?.line).toBe("The software restarts in {0} minutes");
    expect(await console.ask("session.start", { jumpItem: other.agent.jumpClient })).toMatchObject({
      ...{
        type: "error",
        code: "system.unavailable",
        message: expect.stringContaining("software is about to restart"),
      },
    });
    clock.advance(9 * MINUTE_MS);
    expect(await console.socket.next("session.notice")).toMatchObject({
      ...{ minutes: 1, message: "The software restarts in 1 minute." },
    });
    expect(await isRestartAsked(1500)).toBe(false);
    await console.ask("session.end", { session });
    expect(await isRestartAsked(5000)).toBe(true);
    expect(await lastAudit(anna, "software.restarted")).toMatchObject({ actorName: "olga", objectName: "Software" });
    const { events } = await olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(events[0]).toMatchObject({ title: "The software restarts", detail: "By olga." });
    // Nobody calls off what happens already.
    expect((await anna.refusal("POST", CANCEL)).code).toBe("request.conflict");
    expect(peer.machine.calls().flat()).not.toContain("reboot");
  }, 30_000);

  test("B2 when the time is over it happens in the session, which is told that it goes on", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console } = await startSession(anna, agent, socket);
    using _ = console;
    await anna.json("POST", RESTART, { drainMinutes: 1 });
    clock.advance(MINUTE_MS);
    const isLast = ({ message }: { message: string }): boolean => message.startsWith("The software restarts now");
    expect(await console.socket.next("session.notice", isLast)).toMatchObject({
      message: "The software restarts now; the session goes on when it is back.",
    });
    expect(await isRestartAsked(5000)).toBe(true);
    expect(await lastAudit(anna, "software.restarted")).toMatchObject({ actorName: "anna" });
  }, 30_000);
});
