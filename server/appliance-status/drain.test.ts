import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ApplianceStatus } from "../../protocol/api/appliance/status.ts";
import { readSessionLine } from "../../protocol/session-lines.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { openSystemHelperPeer, type SystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { TestClock } from "../test/test-clock.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

const MINUTE_MS = 60_000;
const reboot = ["systemctl", "--no-block", "reboot"];

let clock: TestClock;
let peer: SystemHelperPeer;
let site: TestSite;
let olga: TestBrowser;
beforeEach(async () => {
  clock = new TestClock();
  peer = await openSystemHelperPeer();
  site = await startTestSite({ clock, helperSocket: peer.socket });
  olga = await applianceAdministrator(site.server);
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

async function rebooted(): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (peer.machine.calls().some((call) => Bun.deepEquals(call, reboot))) return;
    await Bun.sleep(20);
  }
  throw new Error("nobody restarted the machine");
}

const wasRebooted = () => peer.machine.calls().some((call) => Bun.deepEquals(call, reboot));
const announce = (drainMinutes: number) => olga.json("POST", "/api/appliance/power/restart", { drainMinutes });

describe("a restart while somebody is in a session", () => {
  test("they are told when it is announced and as it comes nearer, nobody starts another, and it happens when the time is over", async () => {
    const { agent, socket } = await site.jumpClient();
    const other = await site.jumpClient();
    using begun = (await startSession(site.admin, agent, socket)).console;
    await announce(10);
    const first = await begun.socket.next("session.notice");
    expect(first).toMatchObject({ minutes: 10, message: "The appliance restarts in 10 minutes." });
    const logged = await begun.socket.next("session.logged", ({ event }) => event.kind === "warning");
    expect(readSessionLine(logged.event.text)?.line).toBe("The appliance restarts in {0} minutes");
    expect(await begun.ask("session.start", { jumpItem: other.agent.jumpClient })).toMatchObject({
      ...{ type: "error", code: "system.unavailable", message: expect.stringContaining("about to restart") },
    });
    expect(await olga.json<ApplianceStatus>("GET", "/api/appliance/status")).toMatchObject({
      ...{ sessions: 1, power: { kind: "restart", by: "olga" } },
    });
    clock.advance(9 * MINUTE_MS);
    expect(await begun.socket.next("session.notice")).toMatchObject({ minutes: 1 });
    expect(wasRebooted()).toBe(false);
    clock.advance(MINUTE_MS);
    await rebooted();
  }, 30_000);

  test("it happens at once when the last session ends, and called off it does not: sessions start again", async () => {
    const { agent, socket } = await site.jumpClient();
    const { console, session } = await startSession(site.admin, agent, socket);
    using _ = console;
    await announce(30);
    await olga.json("POST", "/api/appliance/power/cancel");
    const isOff = ({ message }: { message: string }): boolean => message.includes("called off");
    expect(await console.socket.next("session.notice", isOff)).toMatchObject({ session, minutes: 0 });
    const other = await site.jumpClient();
    const second = await startSession(site.admin, other.agent, other.socket);
    using _second = second.console;
    await announce(30);
    for (const each of [session, second.session]) {
      expect(wasRebooted()).toBe(false);
      await console.ask("session.end", { session: each });
    }
    await rebooted();
  }, 30_000);
});
