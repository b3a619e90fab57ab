import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ApplianceStatus } from "../../protocol/api/appliance/status.ts";
import type { Update, Updates } from "../../protocol/api/appliance/updates.ts";
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { type OpenedRooms, openRooms } from "../rooms.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { openSystemHelperPeer, type SystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import { openUpdateHost, type UpdateHost } from "../test/peers/update-host.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { makeTestAuthority } from "../test/test-authority.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { ADMINISTRATOR, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";

const PATH = "/api/appliance/updates";

/** One start of the server on the same data. */
interface Start extends AsyncDisposable {
  readonly site: TestServer;
  readonly rooms: OpenedRooms;
  readonly olga: TestBrowser;
  updates(): Promise<Updates>;
}

let directory: ReturnType<typeof temporaryDirectory>;
let peer: SystemHelperPeer;
beforeEach(async () => {
  directory = temporaryDirectory();
  peer = await openSystemHelperPeer(() => join(directory.path, "updates"));
  const core = await openCore({
    ...{ directory: directory.path, credentialsDirectory: null, clock: systemClock },
    ...{ log: createLog(() => {}, systemClock.now), version: "0.0.0-test" },
  });
  const names = { siteName: "Northmoor", hostname: "localhost", username: ADMINISTRATOR, displayName: "Anna" };
  const rest = { password: PASSWORD, isConsoleEnabled: true, certificate: null };
  await setUpSite(core, { kind: "system" }, { ...names, ...rest });
  await core[Symbol.asyncDispose]();
});
afterEach(async () => {
  await peer[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

async function start(): Promise<Start> {
  let rooms: OpenedRooms | null = null;
  const site = await startTestServer({
    ...{ directory: directory.path, helperSocket: peer.socket, clock: systemClock },
    openRooms: async (core) => {
      rooms = await openRooms(core, { agentsDirectory: "none", updateKeyFile: peer.updateKeyFile });
      return rooms;
    },
  });
  const olga = await applianceAdministrator(site);
  const updates = () => olga.json<Updates>("GET", PATH);
  return { site, olga, updates, rooms: rooms!, [Symbol.asyncDispose]: () => site[Symbol.asyncDispose]() };
}

/** The appliance is now one that was started from this slot. */
function startedFrom(slot: "a" | "b", version: string): void {
  peer.machine.put("proc/cmdline", `ro causeway.slot=${slot} causeway.version=${version}\n`);
  peer.machine.put("usr/lib/causeway/version", `${version}\n`);
}

async function until(run: Start, what: (updates: Updates) => boolean): Promise<Updates> {
  for (let tries = 0; tries < 400; tries += 1) {
    const updates = await run.updates();
    if (what(updates)) return updates;
    await Bun.sleep(50);
  }
  throw new Error(`it did not become so: ${JSON.stringify(await run.updates())}`);
}

async function send({ olga }: Start, id: string, offset: number, part: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { "content-type": "application/octet-stream" };
  const path = `${PATH}/${id}/content?offset=${offset}`;
  expect((await olga.request("PUT", path, { raw: new Blob([part]), headers })).status).toBe(200);
}

async function begin({ olga }: Start, bytes: Uint8Array): Promise<string> {
  return (await olga.json<Update>("POST", PATH, { name: "an update", sizeBytes: bytes.length })).id;
}

/** Ready to start. */
async function prepared(run: Start, version = "1.3.0"): Promise<string> {
  const bytes = peer.bundle(version);
  const id = await begin(run, bytes);
  await send(run, id, 0, bytes);
  await until(run, ({ current }) => current?.state === "ready");
  return id;
}

/** The restart is asked for, and the server has gone. */
async function restarted(run: Start): Promise<void> {
  const id = await prepared(run);
  await run.olga.json("POST", `${PATH}/${id}/restart`, { drainMinutes: 0 });
  await until(run, ({ current }) => current?.state === "restarting");
  await rebooted();
  await run[Symbol.asyncDispose]();
}

/** The system was asked to start anew. */
async function rebooted(): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (peer.machine.calls().some((call) => call.includes("reboot"))) return;
    await Bun.sleep(20);
  }
  throw new Error("nobody restarted the machine");
}

async function audited({ site }: Start, action: string): Promise<string[]> {
  const anna = site.browser();
  await anna.signIn("login", ADMINISTRATOR, PASSWORD);
  const { rows } = await anna.json<{ rows: { outcome: string }[] }>("GET", `/api/login/audit?action=${action}`);
  return rows.map(({ outcome }) => outcome);
}

describe("after the restart into a new version", () => {
  test("NA40 it is watched until it was seen to work, and then the update is finished", async () => {
    await restarted(await start());
    startedFrom("b", "1.3.0");
    await using run = await start();
    await run.rooms.updates.tick();
    const watched = (await run.updates()).current!;
    expect(watched.steps.at(-1)).toMatchObject({ step: "healthy", state: "running" });
    expect(watched.state).toBe("restarting");
    peer.slots.bless();
    await run.rooms.updates.tick();
    const { current, history } = await run.updates();
    expect(current).toBeNull();
    expect(history[0]).toMatchObject({ state: "finished", version: "1.3.0", fromVersion: "1.2.0" });
    expect(await audited(run, "update.finished")).toEqual(["succeeded"]);
    const { events } = await run.olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(events[0]).toMatchObject({ title: "An update was installed", health: "ok" });
  }, 30_000);

  test("NA40 one that never works goes back by itself: the former version says so, and does not take it again by itself", async () => {
    await restarted(await start());
    // GRUB tried it three times and took the other.
    const { a } = peer.slots.counters();
    peer.slots.writeCounters({ first: "b", a, b: { isGood: false, triesLeft: 0 } });
    await using run = await start();
    await run.rooms.updates.tick();
    const { current, history } = await run.updates();
    expect(current).toBeNull();
    expect(history[0]).toMatchObject({ state: "returned", version: "1.3.0" });
    expect(history[0]!.steps.at(-1)!.detail).toContain("1.2.0 runs again");
    expect(await audited(run, "update.returned")).toEqual(["failed"]);
    const { events } = await run.olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(events[0]).toMatchObject({ title: "The former version runs again", health: "failed" });
  }, 30_000);

  test("the power went before the new version was chosen: the update waits for another restart", async () => {
    const run = await start();
    const before = peer.slots.counters();
    await restarted(run);
    peer.slots.writeCounters({ ...before, b: { isGood: false, triesLeft: 3 } });
    await using again = await start();
    await again.rooms.updates.tick();
    expect((await again.updates()).current).toMatchObject({ state: "ready" });
  }, 30_000);

  test("one that waits and was started from the machine's own console is finished as well", async () => {
    const run = await start();
    await prepared(run);
    await run[Symbol.asyncDispose]();
    startedFrom("b", "1.3.0");
    peer.slots.bless();
    await using again = await start();
    await again.rooms.updates.tick();
    expect((await again.updates()).history[0]).toMatchObject({ state: "finished" });
  }, 30_000);
});

describe("the server stops in the middle", () => {
  test("of an upload: it goes on from where its bytes are safe", async () => {
    const bytes = peer.bundle("1.3.0");
    const run = await start();
    const id = await begin(run, bytes);
    await send(run, id, 0, bytes.slice(0, 200_000));
    await run[Symbol.asyncDispose]();
    await using again = await start();
    expect((await again.updates()).current).toMatchObject({ id, state: "receiving", receivedBytes: 200_000 });
    await send(again, id, 200_000, bytes.slice(200_000));
    await until(again, ({ current }) => current?.state === "ready");
  }, 30_000);

  test("of the preparation, at whichever step: the next start does what is left", async () => {
    for (const waitMs of [0, 5, 20, 60]) {
      const bytes = peer.bundle("1.3.0");
      const run = await start();
      const id = await begin(run, bytes);
      await send(run, id, 0, bytes);
      await Bun.sleep(waitMs);
      await run[Symbol.asyncDispose]();
      await using again = await start();
      await until(again, ({ current }) => current?.state === "ready");
      expect(peer.slots.state("b")).toMatchObject({ version: "1.3.0", isNext: false });
      await again.olga.json("POST", `${PATH}/${id}/cancel`);
    }
  }, 60_000);
});

describe("with an address of updates", () => {
  const authority = makeTestAuthority();
  const settings = (host: UpdateHost) => ({
    ...{ address: host.address, certificateAuthority: authority.rootPem, downloadsBySelf: true },
    ...{ installsBySelf: "never", window: { weekdays: [1], from: "02:00", to: "04:00" } },
  });

  test("a download goes on after a restart of the server, from the last eight megabytes that are safe", async () => {
    using host = openUpdateHost(authority);
    const bytes = new Uint8Array(10 << 20);
    host.offer("1.3.0", bytes);
    const whole = host.answer;
    host.answer = (request) => (request.url.endsWith(".json") ? whole(request) : hanging(bytes.slice(0, 9 << 20)));
    const run = await start();
    await run.olga.json("PUT", `${PATH}/settings`, settings(host));
    await run.olga.json("POST", `${PATH}/check`);
    // Pieces come as the line cuts them: the first that makes eight megabytes full may bring a little more.
    const { current } = await until(run, (updates) => (updates.current?.receivedBytes ?? 0) >= 8 << 20);
    const safe = current!.receivedBytes;
    await run[Symbol.asyncDispose]();
    host.answer = whole;
    await using again = await start();
    const { history } = await until(again, (updates) => updates.current === null);
    expect(host.asked.at(-1)).toBe(`/updates/one.update bytes=${safe}-`);
    // All of it is there, and it is no bundle.
    expect(history[0]!.receivedBytes).toBe(bytes.length);
    expect(history[0]!.steps.find(({ state }) => state === "failed")).toMatchObject({ step: "verified" });
  }, 30_000);

  test("NA40 what went back by itself is not taken a second time by itself", async () => {
    using host = openUpdateHost(authority);
    host.offer("1.3.0", peer.bundle("1.3.0"));
    await restarted(await start());
    const { a } = peer.slots.counters();
    peer.slots.writeCounters({ first: "b", a, b: { isGood: false, triesLeft: 0 } });
    await using run = await start();
    await run.rooms.updates.tick();
    await run.olga.json("PUT", `${PATH}/settings`, settings(host));
    expect(await run.olga.json<Updates>("POST", `${PATH}/check`)).toMatchObject({
      ...{ current: null, lastCheckProblem: "", history: [{ state: "returned" }] },
    });
  }, 30_000);

  /** Sends this, and then nothing more. */
  function hanging(bytes: Uint8Array<ArrayBuffer>): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes),
      pull: () => new Promise(() => undefined),
    });
    return new Response(body);
  }
});

describe("the other version", () => {
  test("is started with one click where it was seen to work, and the next start says who asked", async () => {
    const run = await start();
    await prepared(run);
    expect((await run.olga.refusal("POST", `${PATH}/return`, { body: { drainMinutes: 0 } })).code).toBe(
      "update.running",
    );
    await run[Symbol.asyncDispose]();
    startedFrom("b", "1.3.0");
    peer.slots.bless();
    const second = await start();
    await second.rooms.updates.tick();
    await second.olga.json("POST", `${PATH}/return`, { drainMinutes: 0 });
    await rebooted();
    expect(peer.slots.state("a").isNext).toBe(true);
    await second[Symbol.asyncDispose]();
    startedFrom("a", "1.2.0");
    await using third = await start();
    await third.rooms.updates.tick();
    const { events } = await third.olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    expect(events[0]).toMatchObject({ title: "The former version runs again", health: "ok" });
    expect(events[0]!.detail).toContain("as olga asked");
    expect(await audited(third, "update.returned")).toEqual(["succeeded"]);
  }, 30_000);

  test("B2 of which the restart failed is not started by a later start of the software alone", async () => {
    const run = await start();
    await prepared(run);
    await run[Symbol.asyncDispose]();
    startedFrom("b", "1.3.0");
    peer.slots.bless();
    const second = await start();
    await second.rooms.updates.tick();
    peer.machine.fails("systemctl");
    await second.olga.json("POST", `${PATH}/return`, { drainMinutes: 0 });
    await rebooted();
    const status = () => second.olga.json<ApplianceStatus>("GET", "/api/appliance/status");
    while ((await status()).power !== null) await Bun.sleep(50);
    expect((await status()).events[0]).toMatchObject({
      health: "attention",
      detail: "1.2.0 was asked for and does not run.",
    });
    const asked = peer.machine.calls().length;
    await second[Symbol.asyncDispose]();
    await using third = await start();
    await third.rooms.updates.tick();
    expect(peer.slots.state("b").isNext).toBe(true);
    expect(peer.machine.calls().slice(asked).flat()).not.toContain("reboot");
    expect(await audited(third, "update.returned")).toEqual(["failed"]);
  }, 30_000);

  test("is not started where nothing was ever seen to work", async () => {
    await using run = await start();
    const { code } = await run.olga.refusal("POST", `${PATH}/return`, { body: { drainMinutes: 0 } });
    expect(code).toBe("request.conflict");
  });
});
