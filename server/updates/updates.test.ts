import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Update, Updates } from "../../protocol/api/appliance/updates.ts";
import { systemClock } from "../clock.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { lastAudit } from "../test/last-audit.ts";
import { openSystemHelperPeer, type SystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";

const PATH = "/api/appliance/updates";

let peer: SystemHelperPeer;
let site: TestServer;
let olga: TestBrowser;
beforeEach(async () => {
  peer = await openSystemHelperPeer(() => join(site.directory, "updates"));
  site = await startTestServer({
    ...{ helperSocket: peer.socket, clock: systemClock },
    rooms: { updateKeyFile: peer.updateKeyFile },
  });
  olga = await applianceAdministrator(site);
});
afterEach(async () => {
  await site?.[Symbol.asyncDispose]();
  await peer?.[Symbol.asyncDispose]();
});

const read = () => olga.json<Updates>("GET", PATH);
const begin = (bytes: Uint8Array, name = "causeway.update") =>
  olga.json<Update>("POST", PATH, { name, sizeBytes: bytes.length });

function send(id: string, offset: number, part: Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { "content-type": "application/octet-stream" };
  return olga.request("PUT", `${PATH}/${id}/content?offset=${offset}`, { raw: new Blob([part]), headers });
}

/** Uploads in two slices. */
async function upload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { id } = await begin(bytes);
  const middle = Math.floor(bytes.length / 2);
  await send(id, 0, bytes.slice(0, middle));
  await send(id, middle, bytes.slice(middle));
  return id;
}

/** As soon as it is so. */
async function until(what: (updates: Updates) => boolean): Promise<Updates> {
  for (let tries = 0; tries < 200; tries += 1) {
    const updates = await read();
    if (what(updates)) return updates;
    await Bun.sleep(50);
  }
  throw new Error(`it did not become so: ${JSON.stringify(await read())}`);
}

const statesOf = ({ steps }: Update) => steps.map(({ step, state }) => `${step} ${state}`);
const leftFiles = () => {
  const folder = join(site.directory, "updates");
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe("an update that is uploaded", () => {
  test("NA40 its signature is checked, it is written into the other slot, and the next start is unchanged until somebody restarts", async () => {
    const id = await upload(peer.bundle("1.3.0"));
    const { current, slots } = await until((updates) => updates.current?.state === "ready");
    expect(statesOf(current!)).toEqual([
      ...["received done", "verified done", "backed-up skipped", "rehearsed done", "staged done"],
      ...["restarted waiting", "healthy waiting"],
    ]);
    expect(current).toMatchObject({ id, version: "1.3.0", fromVersion: "1.2.0", manifest: { version: "1.3.0" } });
    expect(slots!.find(({ slot }) => slot === "b")).toMatchObject({ version: "1.3.0", isNext: false, isGood: false });
    expect(leftFiles()).toEqual([]);
    const anna = await site.administrator("login");
    expect(await lastAudit(anna, "update.prepared")).toMatchObject({ objectName: "1.3.0" });
    await olga.json("POST", `${PATH}/${id}/restart`, { drainMinutes: 0 });
    const restarting = await until((updates) => updates.current?.state === "restarting");
    expect(restarting.current!.steps.find(({ step }) => step === "restarted")).toMatchObject({ state: "running" });
    await Bun.sleep(300);
    expect(peer.slots.state("b").isNext).toBe(true);
    expect(peer.machine.calls()).toContainEqual(["systemctl", "--no-block", "reboot"]);
    expect((await olga.refusal("POST", `${PATH}/${id}/cancel`)).code).toBe("request.conflict");
  }, 30_000);

  test("NA40 refused while another restart is announced, it restarts at the time that was chosen before", async () => {
    const id = await upload(peer.bundle("1.3.0"));
    await until((updates) => updates.current?.state === "ready");
    const at = new Date(systemClock.now().getTime() + 3_600_000).toISOString();
    await olga.json("POST", `${PATH}/${id}/restart`, { drainMinutes: 7, at });
    await olga.json("POST", "/api/appliance/power/software", { drainMinutes: 5 });
    const refused = await olga.refusal("POST", `${PATH}/${id}/restart`, { body: { drainMinutes: 0 } });
    expect(refused.code).toBe("request.conflict");
    expect((await read()).current).toMatchObject({ id, state: "ready", restartsAt: at });
  }, 30_000);

  test("NA40 one of another maker, a damaged one, an older one and one for much newer releases are refused in words, and nothing is written", async () => {
    const cut = peer.bundle("1.3.0");
    const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
      [peer.foreignBundle("1.3.0"), /not signed by the maker/u],
      [cut.slice(0, cut.length - 20_000), /ends inside root/u],
      [new Uint8Array(50_000), /not where it belongs/u],
      [peer.bundle("1.1.9"), /older version is not installed/u],
      [
        peer.bundle("3.0.0", { manifest: (manifest) => ({ ...manifest, minimumVersion: "2.0.0" }) }),
        /Install 2\.0\.0 first/u,
      ],
    ];
    for (const [bytes, words] of cases) {
      await upload(bytes);
      const { current, history } = await until((updates) => updates.current === null && updates.history.length > 0);
      expect(current).toBeNull();
      expect(history[0]!.steps.find(({ step }) => step === "verified")).toMatchObject({ state: "failed" });
      expect(history[0]!.steps.find(({ step }) => step === "verified")!.detail).toMatch(words);
      expect(leftFiles()).toEqual([]);
    }
    expect(peer.slots.state("b")).toMatchObject({ version: null, isNext: false });
  }, 30_000);

  test("NA12 parts go to their own place only, one at a time; a part too many, a gap, and a second update are refused", async () => {
    const bytes = peer.bundle("1.3.0");
    const { id } = await begin(bytes);
    expect((await olga.refusal("POST", PATH, { body: { name: "b", sizeBytes: 10 } })).code).toBe("update.running");
    expect((await send(id, 1000, bytes.slice(0, 10))).status).toBe(409);
    expect(await (await send(id, 0, bytes.slice(0, 1000))).json()).toEqual({ receivedBytes: 1000 });
    expect((await send(id, 0, bytes.slice(0, 1000))).status).toBe(409);
    expect((await send(id, 1000, new Uint8Array(bytes.length))).status).toBe(413);
    expect((await read()).current).toMatchObject({ receivedBytes: 1000, state: "receiving" });
    for (const name of ["../x", "..%2f..%2fetc%2fpasswd", "nobody"])
      expect((await send(name, 0, bytes.slice(0, 10))).status).toBe(404);
    expect(leftFiles()).toHaveLength(1);
  });

  test("cancelled while it is received, and once it is ready, it leaves nothing: the next start is as it was", async () => {
    const bytes = peer.bundle("1.3.0");
    const { id } = await begin(bytes);
    await send(id, 0, bytes.slice(0, 1000));
    expect(await olga.json<Update>("POST", `${PATH}/${id}/cancel`)).toMatchObject({ state: "cancelled" });
    expect(leftFiles()).toEqual([]);
    const second = await upload(bytes);
    await until((updates) => updates.current?.state === "ready");
    await olga.json("POST", `${PATH}/${second}/cancel`);
    expect(peer.slots.state("a").isNext).toBe(true);
    const anna = await site.administrator("login");
    expect(await lastAudit(anna, "update.cancelled")).toMatchObject({ objectName: "1.3.0" });
  }, 30_000);
});

test("without an appliance's image there are no slots, and an update is the package manager's", async () => {
  await using bare = await startTestServer();
  const administrator = await applianceAdministrator(bare);
  expect(await administrator.json<Updates>("GET", PATH)).toMatchObject({ slots: null, current: null, history: [] });
  const begun = await administrator.request("POST", PATH, { body: { name: "x", sizeBytes: 10 } });
  expect(await begun.json()).toMatchObject({ code: "system.unavailable" });
});
