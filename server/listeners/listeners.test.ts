import { once } from "node:events";
import { connect } from "node:tls";
import { describe, expect, test } from "bun:test";
import type { ListenerPlace, Listeners, ListenersState } from "../../protocol/api/appliance/access.ts";
import { TestBrowser } from "../test/test-browser.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";
import { readChosenListeners } from "./listener-settings.ts";
import { oneForAll } from "./plan.ts";

const PATH = "/api/appliance/listeners";
/** Any file does for a page. */
const page = { type: "text/html", etag: "page", isImmutable: false, encodings: { identity: import.meta.path } };
const assets = Object.fromEntries(["/", "/login", "/console", "/appliance"].map((address) => [address, page]));

async function administrator(site: TestServer): Promise<TestBrowser> {
  const browser = site.browser();
  const code = await site.core.applianceAccess.presenceCodes.create();
  await browser.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
  return browser;
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  listener.stop(true);
  return listener.port;
}

const at = (port: number | null, address = ""): ListenerPlace => ({ address, port, networks: [] });
const splitOver = (consoles: number, administration: number): Listeners => ({
  ...{ endpoints: at(null), consoles: at(consoles), administration: at(administration) },
});

/** The statuses of the pages and of one request of each kind, at a port. */
async function seenAt(port: number, host = "127.0.0.1") {
  const browser = new TestBrowser(`https://${host}:${port}`);
  const paths = ["/", "/login", "/console", "/appliance", "/api/site", "/api/login/account", "/api/appliance/start"];
  const entries = await Promise.all(
    paths.map(async (path) => {
      const response = await browser.request("GET", path).catch(() => null);
      return [path, response?.status ?? "nobody listens"] as const;
    }),
  );
  return Object.fromEntries(entries);
}

async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  const endsAt = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (isSo(value) || Date.now() > endsAt) return value;
    await Bun.sleep(50);
  }
}

const gone = "nobody listens";

describe("listeners", () => {
  test("NA40 with listeners apart, /login and /appliance are not where computers connect, and come with no restart", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets });
    const anna = await administrator(site);
    expect(Object.values(await seenAt(site.port))).toEqual([200, 200, 200, 200, 200, 401, 200]);
    const [consoles, administration] = [freePort(), freePort()];
    const state = await anna.json<ListenersState>("PUT", PATH, splitOver(consoles, administration));
    expect(state.trial).toMatchObject({ port: administration });
    const [there, here] = [await seenAt(administration), await seenAt(site.port)];
    expect(here).toEqual({
      ...{ "/": 200, "/login": 404, "/console": 404, "/appliance": 404, "/api/site": 200 },
      ...{ "/api/login/account": 404, "/api/appliance/start": 404 },
    });
    expect(there).toEqual({
      ...{ "/": 404, "/login": 200, "/console": 307, "/appliance": 200, "/api/site": 200 },
      ...{ "/api/login/account": 401, "/api/appliance/start": 200 },
    });
    expect(await seenAt(consoles)).toMatchObject({ "/": 404, "/login": 404, "/console": 200, "/appliance": 404 });
    const way = await new TestBrowser(`https://localhost:${administration}`).request("GET", "/console/session/x");
    expect(way.headers.get("location")).toBe(`https://localhost:${consoles}/console/session/x`);
    // What is not served is the same bytes as what does not exist.
    const [login, nothing] = await Promise.all(
      ["/login", "/api/nothing"].map(async (path) => await (await site.browser().request("GET", path)).text()),
    );
    expect(login).toBe(nothing!);
    expect(site.server.listeners.portsNeeded().map(({ port }) => port)).toEqual([site.port, consoles, administration]);
    const moved = new TestBrowser(`https://127.0.0.1:${administration}`);
    await moved.json("POST", "/api/appliance/sign-in", { username: "root-anna", password: PASSWORD });
    await moved.json("POST", `${PATH}/keep`);
    expect(await moved.json("GET", PATH)).toMatchObject({ trial: null });
  });

  test("a place nobody confirms within two minutes is given up", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets });
    const anna = await administrator(site);
    const port = freePort();
    await anna.json("PUT", PATH, { ...oneForAll, administration: at(port) });
    expect((await seenAt(site.port))["/login"]).toBe(404);
    site.clock!.advance(119_000);
    await Bun.sleep(1200);
    expect((await seenAt(port))["/login"]).toBe(200);
    site.clock!.advance(2000);
    const back = await eventually(
      () => seenAt(site.port),
      (seen) => seen["/login"] === 200,
    );
    expect(back["/login"]).toBe(200);
    expect(
      await eventually(
        () => seenAt(port),
        (seen) => seen["/login"] === gone,
      ),
    ).toMatchObject({ "/login": gone });
    expect(await anna.json("GET", PATH)).toMatchObject({ trial: null, listeners: oneForAll });
  });

  test("what was tried when the server stopped is not what it starts with", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets });
    const anna = await administrator(site);
    await anna.json("PUT", PATH, { ...oneForAll, administration: at(freePort()) });
    expect(await readChosenListeners(site.core)).toEqual(oneForAll);
    expect(await readChosenListeners(site.core)).toEqual(oneForAll);
  });

  test("one can go back at once, and change again", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets });
    const anna = await administrator(site);
    const port = freePort();
    await anna.json("PUT", PATH, { ...oneForAll, administration: at(port) });
    const moved = new TestBrowser(`https://127.0.0.1:${port}`);
    await moved.json("POST", "/api/appliance/sign-in", { username: "root-anna", password: PASSWORD });
    expect((await moved.refusal("PUT", PATH, { body: oneForAll })).code).toBe("network.trial_running");
    await moved.json("POST", `${PATH}/revert`);
    expect((await anna.refusal("POST", `${PATH}/revert`)).code).toBe("request.stale");
    await anna.json("PUT", PATH, { ...oneForAll, consoles: at(port) });
    expect(await seenAt(port)).toMatchObject({ "/console": 200, "/login": 404 });
    await anna.json("PUT", PATH, oneForAll);
    expect((await seenAt(site.port))["/console"]).toBe(200);
    expect(
      await eventually(
        () => seenAt(port),
        (seen) => seen["/"] === gone,
      ),
    ).toMatchObject({ "/": gone });
  });

  test("what cannot be listened on, is no network, or would shut the asker out is refused and changes nothing", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets });
    const anna = await administrator(site);
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    try {
      const wishes: [object, string][] = [
        [{ ...oneForAll, administration: at(taken.port) }, "network.invalid"],
        [{ ...oneForAll, consoles: at(freePort(), "192.0.2.1") }, "network.invalid"],
        [{ ...oneForAll, consoles: at(freePort(), "1.2.3") }, "request.invalid"],
        [{ ...oneForAll, endpoints: { ...at(null), networks: ["10.0.0.0/99"] } }, "request.invalid"],
        [{ ...oneForAll, endpoints: at(0) }, "request.invalid"],
        [{ ...oneForAll, more: at(1) }, "request.invalid"],
      ];
      for (const [body, code] of wishes) expect(await anna.refusal("PUT", PATH, { body })).toMatchObject({ code });
    } finally {
      taken.stop(true);
    }
    const asker = {
      kind: "appliance-administrator",
      id: "x",
      username: "x",
      signIn: "x",
      address: "203.0.113.9",
    } as const;
    const narrow = { ...oneForAll, administration: { ...at(null), networks: ["10.0.0.0/8"] } };
    const refused = await site.server.listeners.change(asker, narrow).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "network.invalid" });
    // And whose sign-in has ended meanwhile changes nothing either.
    const ended = { ...asker, address: "127.0.0.1" };
    const late = await site.server.listeners
      .change(ended, { ...oneForAll, consoles: at(freePort()) })
      .catch((error: unknown) => error);
    expect(late).toMatchObject({ code: "sign_in.required" });
    expect(await anna.json("GET", PATH)).toMatchObject({ listeners: oneForAll, trial: null, problems: [] });
    expect(Object.values(await seenAt(site.port))).toEqual([200, 200, 200, 200, 200, 401, 200]);
  });

  test("who is connected where networks narrow, or where it is no longer answered, is cut off; others stay", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets });
    const anna = await administrator(site);
    const connected = async () => {
      const socket = connect({ host: "127.0.0.1", port: site.port, rejectUnauthorized: false });
      const line = { isOpen: true, [Symbol.dispose]: () => void socket.destroy() };
      socket.on("close", () => (line.isOpen = false));
      socket.on("error", () => undefined);
      await once(socket, "secureConnect");
      return line;
    };
    const isCut = (line: { isOpen: boolean }) =>
      eventually(
        async () => !line.isOpen,
        (isSo) => isSo,
      );
    using first = await connected();
    const far = { ...at(null), networks: ["192.0.2.0/24"] };
    await anna.json("PUT", PATH, { ...oneForAll, administration: { ...at(null), networks: ["127.0.0.0/8"] } });
    await Bun.sleep(2500);
    expect(first.isOpen).toBeTrue();
    await anna.json("PUT", PATH, { ...oneForAll, consoles: far });
    expect(await isCut(first)).toBeTrue();
    using second = await connected();
    await anna.json("PUT", PATH, oneForAll);
    await Bun.sleep(2500);
    expect(second.isOpen).toBeTrue();
    await anna.json("PUT", PATH, { ...oneForAll, consoles: at(freePort()) });
    expect(await isCut(second)).toBeTrue();
    expect((await seenAt(site.port))["/login"]).toBe(200);
  }, 30_000);

  test("an address of its own may share the port with the place for everybody", async () => {
    await using site = await startTestServer({ openRooms: noRooms, assets, hostname: "0.0.0.0" });
    const anna = await administrator(site);
    const body = { ...oneForAll, administration: at(null, "127.0.0.2") };
    await anna.json("PUT", PATH, body);
    expect(await seenAt(site.port, "127.0.0.2")).toMatchObject({ "/login": 200, "/": 404 });
    expect(await seenAt(site.port)).toMatchObject({ "/login": 404, "/": 200 });
  });
});
