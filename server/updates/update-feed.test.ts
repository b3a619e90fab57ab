import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Update, Updates, UpdateSettings } from "../../protocol/api/appliance/updates.ts";
import { systemClock } from "../clock.ts";
import { type OpenedRooms, openRooms } from "../rooms.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { lastAudit } from "../test/last-audit.ts";
import { openSystemHelperPeer, type SystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import { openUpdateHost, type UpdateHost } from "../test/peers/update-host.ts";
import { makeTestAuthority, type TestAuthority } from "../test/test-authority.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";

const PATH = "/api/appliance/updates";
let authority: TestAuthority;
let peer: SystemHelperPeer;
let site: TestServer;
let rooms: OpenedRooms;
let olga: TestBrowser;
let host: UpdateHost;

beforeAll(() => {
  authority = makeTestAuthority();
});
beforeEach(async () => {
  host = openUpdateHost(authority);
  peer = await openSystemHelperPeer(() => join(site.directory, "updates"));
  site = await startTestServer({
    ...{ helperSocket: peer.socket, clock: systemClock },
    openRooms: async (core) => {
      rooms = await openRooms(core, { agentsDirectory: "none", updateKeyFile: peer.updateKeyFile });
      return rooms;
    },
  });
  olga = await applianceAdministrator(site);
});
afterEach(async () => {
  host[Symbol.dispose]();
  await site[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

const always: UpdateSettings = {
  ...{ address: "", downloadsBySelf: true, installsBySelf: "always" },
  window: { weekdays: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "23:59" },
};
const change = (settings: Partial<UpdateSettings> = {}) =>
  olga.json<Updates>("PUT", `${PATH}/settings`, {
    ...{ ...always, installsBySelf: "never", address: host.address, certificateAuthority: authority.rootPem },
    ...settings,
  });
const check = () => olga.json<Updates>("POST", `${PATH}/check`);

async function until(what: (updates: Updates) => boolean): Promise<Updates> {
  for (let tries = 0; tries < 300; tries += 1) {
    const updates = await olga.json<Updates>("GET", PATH);
    if (what(updates)) return updates;
    await Bun.sleep(50);
  }
  throw new Error(`it did not become so: ${JSON.stringify(await olga.json<Updates>("GET", PATH))}`);
}

/** Why the newest update failed. */
const failureOf = ({ history }: Updates): string => history[0]!.steps.find(({ state }) => state === "failed")!.detail;

describe("updates from an address of the site's own", () => {
  test("NA40 on by default once an address is named: found, downloaded, prepared, and restarted into in its window while nobody is in a session", async () => {
    expect((await olga.json<Updates>("GET", PATH)).settings).toMatchObject({
      ...{ address: "", downloadsBySelf: true, installsBySelf: "always", window: { from: "02:00", to: "04:00" } },
    });
    host.offer("1.3.0", peer.bundle("1.3.0"));
    await change({ installsBySelf: "always" });
    await rooms.updates.tick();
    await until(({ current }) => current?.state === "ready");
    await rooms.updates.tick();
    for (let tries = 0; !peer.slots.state("b").isNext && tries < 100; tries += 1) await Bun.sleep(50);
    expect(peer.slots.state("b").isNext).toBe(true);
    const anna = await site.administrator("login");
    expect(await lastAudit(anna, "update.restarted")).toMatchObject({ actorKind: "system", objectName: "1.3.0" });
  }, 30_000);

  test("with security alone an update without a note of it waits, and outside the window every one does", async () => {
    host.offer("1.3.0", peer.bundle("1.3.0"));
    await change({ installsBySelf: "security" });
    await check();
    const { current } = await until((updates) => updates.current?.state === "ready");
    await rooms.updates.tick();
    const closed = { weekdays: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "00:01" };
    if (new Date().getUTCHours() > 0) {
      await change({ installsBySelf: "always", window: closed });
      await rooms.updates.tick();
    }
    await Bun.sleep(1200);
    expect((await olga.json<Updates>("GET", PATH)).current).toMatchObject({ id: current!.id, state: "ready" });
  }, 30_000);

  test("NA40 with security alone an update is installed whose weakness was mended by a release passed over, and only then", async () => {
    for (const [securityReleases, isInstalled] of [
      [["1.2.0", "1.1.0"], false],
      [["1.2.5", "1.1.0"], true],
    ] as const) {
      host.offer("1.3.0", peer.bundle("1.3.0", { securityReleases: [...securityReleases] }));
      await change({ installsBySelf: "security" });
      await check();
      const { current } = await until((updates) => updates.current?.state === "ready");
      await rooms.updates.tick();
      for (let tries = 0; !peer.slots.state("b").isNext && tries < (isInstalled ? 100 : 20); tries += 1)
        await Bun.sleep(50);
      expect(peer.slots.state("b").isNext).toBe(isInstalled);
      if (!isInstalled) await olga.json("POST", `${PATH}/${current!.id}/cancel`);
    }
  }, 30_000);

  test("what runs and what is older is left where it is", async () => {
    await change();
    for (const version of ["1.2.0", "1.1.0"]) {
      host.offer(version, peer.bundle(version));
      expect(await check()).toMatchObject({ current: null, history: [], lastCheckProblem: "" });
    }
    expect(host.asked).toEqual(["/updates/latest.json", "/updates/latest.json"]);
  });

  test("a download whose server says nothing any more can be cancelled", async () => {
    const bytes = peer.bundle("1.3.0");
    await change();
    host.offer("1.3.0", bytes);
    const whole = host.answer;
    host.answer = async (request) => {
      if (request.url.endsWith("/latest.json")) return whole(request);
      const held = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(bytes.slice(0, 300_000));
          await Bun.sleep(60_000);
        },
      });
      return new Response(held);
    };
    await check();
    await until(({ current }) => current?.state === "receiving");
    await Bun.sleep(300);
    expect(host.asked).toContain("/updates/one.update");
    const { current } = await olga.json<Updates>("GET", PATH);
    const cancelled = await olga.json<Update>("POST", `${PATH}/${current!.id}/cancel`);
    expect(cancelled).toMatchObject({ state: "cancelled" });
  }, 30_000);

  test("NA40 a download whose line breaks, or whose server is away, goes on where it stopped and says so", async () => {
    const bytes = peer.bundle("1.3.0");
    host.offer("1.3.0", bytes);
    await change();
    const whole = host.answer;
    const answers = [
      () => cutOff(bytes.slice(0, 100_000)),
      () => new Response(null, { status: 503 }),
      (request: Request) => cutOff(bytes.slice(100_000, 250_000), request),
    ];
    host.answer = (request) => (request.url.endsWith(".json") ? whole : (answers.shift() ?? whole))(request);
    await check();
    const broken = await until(({ current }) => current?.receivedBytes === 100_000);
    expect(broken.current!.steps[0]!.detail).toMatch(/The connection broke\. The download goes on in \d s/u);
    const { current } = await until((updates) => updates.current?.state === "ready");
    expect(current!.steps[0]).toMatchObject({ state: "done", detail: "" });
    expect(host.asked.filter((path) => path.includes("one.update"))).toEqual([
      "/updates/one.update",
      "/updates/one.update bytes=100000-",
      "/updates/one.update bytes=100000-",
      "/updates/one.update bytes=250000-",
    ]);
  }, 30_000);

  test("NA40 a bundle that is another one when the line is back is taken from its beginning", async () => {
    const [bytes, first] = [peer.bundle("1.3.0"), new Uint8Array(100_000)];
    host.offer("1.3.0", bytes);
    await change();
    const whole = host.answer;
    const conditions: (string | null)[] = [];
    host.answer = (request) => {
      if (request.url.endsWith(".json")) return whole(request);
      conditions.push(request.headers.get("if-range"));
      if (conditions.length === 1) return cutOff(first);
      return new Response(bytes);
    };
    await check();
    await until(({ current }) => current?.state === "ready");
    expect(conditions).toEqual([null, '"first"']);
  }, 30_000);

  test("NA40 endless, short, foreign and damaged answers, other servers and unknown certificates end in words; nothing is written", async () => {
    await change();
    const bytes = peer.bundle("1.3.0");
    host.offer("1.3.0", bytes, 100_000);
    await check();
    expect(failureOf(await until(({ history }) => history.length === 1))).toMatch(/More came than/u);
    host.offer("1.3.0", bytes, bytes.length + 5000);
    await check();
    expect(failureOf(await until(({ history }) => history.length === 2))).toMatch(/ended early/u);
    host.offer("1.3.0", peer.foreignBundle("1.3.0"));
    await check();
    expect(failureOf(await until(({ history }) => history.length === 3))).toMatch(/not signed by the maker/u);

    const problemOf = async (answer: UpdateHost["answer"]): Promise<string> => {
      host.answer = answer;
      return (await check()).lastCheckProblem;
    };
    const redirect = (location: string) => () => new Response(null, { status: 302, headers: { location } });
    expect(await problemOf(redirect("https://elsewhere.example/latest.json"))).toMatch(/leads to another server/u);
    expect(await problemOf(redirect("http://localhost/latest.json"))).toMatch(/leads to another server/u);
    expect(await problemOf(redirect("latest.json"))).toMatch(/answered 302/u);
    expect(await problemOf(() => new Response("no"))).toMatch(/has another form/u);
    const names = { version: "1.3.0", size: 10 };
    for (const bundle of ["../../etc/passwd", "a/b", ".hidden", "https://x/y"])
      expect(await problemOf(() => Response.json({ ...names, bundle }))).toMatch(/has another form/u);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(4096).fill(0x20));
      },
    });
    expect(await problemOf(() => new Response(endless))).toMatch(/has another form/u);
    expect(pulled).toBeLessThan(10_000);
    await change({ certificateAuthority: "" });
    expect((await check()).lastCheckProblem).toMatch(/No update could be taken/u);
    expect(peer.slots.state("b").version).toBeNull();
  }, 60_000);

  test("an address that is none, or would carry more than an address, is refused", async () => {
    for (const address of ["http://a.example", "https://u:p@a.example", "https://a.example/?x", "ftp://a", "a b"]) {
      const body = { ...always, address };
      expect((await olga.refusal("PUT", `${PATH}/settings`, { body })).code).toBe("request.invalid");
    }
    const body = { ...always, certificateAuthority: "no certificate" };
    expect((await olga.refusal("PUT", `${PATH}/settings`, { body })).code).toBe("request.invalid");
  });
});

/** Bytes that are less than the whole: the connection breaks after them. */
function cutOff(bytes: Uint8Array<ArrayBuffer>, request?: Request): Response {
  const from = Number(/bytes=(\d+)-/u.exec(request?.headers.get("range") ?? "")?.[1] ?? 0);
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes);
      await Bun.sleep(100);
      controller.error(new Error("the line is cut"));
    },
  });
  const headers = { etag: '"first"', ...(from === 0 ? {} : { "content-range": `bytes ${from}-999999/1000000` }) };
  return new Response(body, { status: from === 0 ? 200 : 206, headers });
}
