import { describe, expect, test } from "bun:test";
import type { ApplianceCertificates, PreFlight } from "../../protocol/api/appliance/certificates.ts";
import { systemClock } from "../clock.ts";
import { ScriptedAgent } from "../test/scripted-agent.ts";
import { makeTestAuthority } from "../test/test-authority.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";
import { startTestSite } from "../test/test-site.ts";
import { MAX_LEAP, vouchedSince } from "./pre-flight.ts";

const PATH = "/api/appliance/certificates";
const authority = makeTestAuthority();
const whole = (name = "localhost", options = {}) => {
  const { chainPem, keyPem } = authority.issue(name, options);
  return { chainPem: chainPem + authority.rootPem, keyPem };
};

async function administrator(site: TestServer): Promise<TestBrowser> {
  const browser = site.browser();
  const code = await site.core.applianceAccess.presenceCodes.create();
  await browser.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
  return browser;
}
const shown = (browser: TestBrowser): Promise<ApplianceCertificates> => browser.json("GET", PATH);

async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  const endsAt = Date.now() + 15_000;
  for (;;) {
    const value = await read();
    if (isSo(value) || Date.now() > endsAt) return value;
    await Bun.sleep(50);
  }
}

describe("the next certificate", () => {
  test("LOGIN-04 LOGIN-05 it waits beside the current one and is served when somebody says so; the banner goes", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    const first = await shown(anna);
    expect(first).toMatchObject({ next: null, request: null, switchesAt: null, current: { isSelfSigned: true } });
    const ready = await anna.json<ApplianceCertificates>("PUT", `${PATH}/next`, whole());
    expect(ready.next).toMatchObject({ isSelfSigned: false, coversHostname: true, chainLength: 3 });
    expect(ready.current.fingerprint).toBe(first.current.fingerprint);
    expect(await anna.json("GET", "/api/site")).toMatchObject({ hasSelfSignedCertificate: true });
    const switched = await anna.json<ApplianceCertificates>("POST", `${PATH}/switch`, { force: false });
    expect(switched).toMatchObject({ next: null, current: { fingerprint: ready.next!.fingerprint } });
    expect(await site.browser().json("GET", "/api/site")).toMatchObject({ hasSelfSignedCertificate: false });
  });

  test("one that cannot serve is refused, and changes nothing; each thing wrong with it is said", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    const other = authority.issue("localhost").keyPem;
    const wrong = { chainPem: whole().chainPem, keyPem: other };
    expect(await anna.refusal("PUT", `${PATH}/next`, { body: wrong })).toMatchObject({ code: "certificate.invalid" });
    const expired = authority.issueExpired("localhost");
    const check = await anna.json<PreFlight>("POST", `${PATH}/check`, { chainPem: expired.chainPem, keyPem: other });
    expect(check.problems.join("\n")).toMatch(/does not belong[\s\S]*ran out/u);
    expect((await shown(anna)).next).toBeNull();
  });

  test("what browsers would mind stops a switch that is not forced: another name, a chain that is not whole", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    const elsewhere = authority.issue("elsewhere.example.org");
    const ready = await anna.json<ApplianceCertificates>("PUT", `${PATH}/next`, elsewhere);
    expect(ready.preFlight.problems.join("\n")).toMatch(/not for localhost[\s\S]*Northmoor Root is missing/u);
    const refused = await anna.refusal("POST", `${PATH}/switch`, { body: { force: false } });
    expect(refused).toEqual({ status: 409, code: "request.conflict" });
    await anna.json("POST", `${PATH}/switch`, { force: true });
    expect((await shown(anna)).current.names).toEqual(["elsewhere.example.org"]);
  });

  test("a certificate that ends within days, or is for something else than servers, is told", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    const { problems } = await anna.json<PreFlight>("POST", `${PATH}/check`, whole("localhost", { days: 2 }));
    expect(problems).toEqual([expect.stringContaining("It runs out on")]);
    expect((await anna.json<PreFlight>("POST", `${PATH}/check`, whole())).problems).toEqual([]);
  });

  test("it becomes current by itself at its time, and not when that was called off", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    const { next } = await anna.json<ApplianceCertificates>("PUT", `${PATH}/next`, whole());
    const soon = (): string => new Date(Date.now() + 1500).toISOString();
    await anna.json("POST", `${PATH}/switch`, { force: false, at: soon() });
    const off = await anna.json<ApplianceCertificates>("POST", `${PATH}/switch`, { force: false, at: null });
    expect(off.switchesAt).toBeNull();
    const at = soon();
    expect(await anna.json("POST", `${PATH}/switch`, { force: false, at })).toMatchObject({ switchesAt: at });
    const after = await eventually(
      () => shown(anna),
      (page) => page.next === null,
    );
    expect(after.current.fingerprint).toBe(next!.fingerprint);
    const past = { force: false, at: "2020-01-01T00:00:00.000Z" };
    await anna.json("PUT", `${PATH}/next`, whole());
    expect(await anna.refusal("POST", `${PATH}/switch`, { body: past })).toMatchObject({ code: "request.invalid" });
  });

  test("it can be discarded; without one there is nothing to switch to", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    await anna.json("PUT", `${PATH}/next`, whole());
    expect(await anna.json("DELETE", `${PATH}/next`)).toMatchObject({ next: null });
    expect(await anna.refusal("DELETE", `${PATH}/next`)).toMatchObject({ code: "request.stale" });
    expect(await anna.refusal("POST", `${PATH}/switch`, { body: { force: true } })).toMatchObject({
      code: "request.stale",
    });
  });
});

describe("a request for a certificate", () => {
  for (const key of ["ec", "rsa"] as const)
    test(`LOGIN-04 its ${key} key is made here and never leaves; the certificate signed for it fits`, async () => {
      await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
      const anna = await administrator(site);
      const asked = { names: ["LOCALHOST", "support.example.org"], organization: "Northmoor", key };
      const { request } = await anna.json<ApplianceCertificates>("POST", `${PATH}/request`, asked);
      expect(request!.names).toEqual(["localhost", "support.example.org"]);
      const chainPem = authority.sign(request!.requestPem, request!.names) + authority.rootPem;
      expect(await anna.json("POST", `${PATH}/check`, { chainPem })).toMatchObject({ problems: [] });
      const ready = await anna.json<ApplianceCertificates>("PUT", `${PATH}/next`, { chainPem });
      expect(ready).toMatchObject({ request: null, next: { keyAlgorithm: key === "ec" ? "ECDSA P-256" : "RSA 3072" } });
      await anna.json("POST", `${PATH}/switch`, { force: false });
    });

  test("a certificate of some other key does not fit it; without a request a key is missing", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    const { chainPem } = whole();
    expect(await anna.refusal("PUT", `${PATH}/next`, { body: { chainPem } })).toMatchObject({
      code: "certificate.invalid",
    });
    const asked = { names: ["localhost"], organization: "", key: "ec" };
    await anna.json("POST", `${PATH}/request`, asked);
    const { problems } = await anna.json<PreFlight>("POST", `${PATH}/check`, { chainPem });
    expect(problems).toEqual([expect.stringContaining("does not belong")]);
    expect(await anna.json("DELETE", `${PATH}/request`)).toMatchObject({ request: null });
  });

  test("what is no name is refused", async () => {
    await using site = await startTestServer({ openRooms: noRooms, clock: systemClock });
    const anna = await administrator(site);
    for (const name of ["a b", "http://x", "-x.example", "x..y", "1.2.3", "x/y", "a".repeat(64)]) {
      const body = { names: [name], organization: "", key: "ec" };
      expect(await anna.refusal("POST", `${PATH}/request`, { body })).toMatchObject({ code: "request.invalid" });
    }
  });
});

describe("the pre-flight", () => {
  test("JCSET-08 it counts who takes the next certificate, and learns which trust bundle each Jump Client holds", async () => {
    await using site = await startTestSite();
    const anna = await administrator(site.server);
    const { agent, socket } = await site.jumpClient();
    await site.jumpClient();
    await anna.json("PUT", `${PATH}/next`, whole());
    await socket.next("trust.changed");
    agent[Symbol.dispose]();
    const { preFlight } = await eventually(
      () => shown(anna),
      (page) => page.preFlight.learning === 1,
    );
    expect(preFlight).toMatchObject({ jumpClients: 2, accepting: 1, learning: 1, lostCount: 0, lost: [] });
  });

  test("JCSET-08 a Jump Client whose bundle is from elsewhere would be lost: named, and the switch refused unless forced", async () => {
    await using site = await startTestSite();
    const anna = await administrator(site.server);
    const { agent } = await site.jumpClient();
    await agent.connect({ trustBundleVersion: MAX_LEAP * 2 });
    await anna.json("PUT", `${PATH}/next`, whole());
    const { preFlight } = await eventually(
      () => shown(anna),
      (page) => page.preFlight.lostCount === 1,
    );
    expect(preFlight.lost).toEqual([expect.objectContaining({ id: agent.jumpClient })]);
    const body = { force: false };
    expect(await anna.refusal("POST", `${PATH}/switch`, { body })).toEqual({ status: 409, code: "request.conflict" });
    await anna.json("POST", `${PATH}/switch`, { force: true });
    expect((await shown(anna)).next).toBeNull();
  });

  test("JCSET-08 after a restore the site's bundles rise above those Jump Clients hold, so that these are taken", async () => {
    await using site = await startTestSite();
    const anna = await administrator(site.server);
    const { agent } = await site.jumpClient();
    await agent.connect({ trustBundleVersion: 500 });
    await eventually(
      () => site.server.core.database.queries.selectFrom("jump_clients").select("trust_bundle_version").execute(),
      (rows) => rows[0]?.trust_bundle_version === 500,
    );
    await anna.json("PUT", `${PATH}/next`, whole());
    expect((await site.server.core.site.trustBundle()).version).toBe(501);
    await anna.json("POST", `${PATH}/switch`, { force: false });
  });

  test("LOGIN-05 JCSET-08 200 Jump Clients stay through a switch, and each finds the site again afterwards", async () => {
    await using site = await startTestSite();
    const anna = await administrator(site.server);
    const { token } = await site.installer();
    const agents = Array.from({ length: 200 }, () => new ScriptedAgent(site.server.url));
    const sockets = [];
    for (let at = 0; at < agents.length; at += 50)
      sockets.push(...(await Promise.all(agents.slice(at, at + 50).map((agent) => agent.enrol(token)))));
    await anna.json("PUT", `${PATH}/next`, whole());
    await Promise.all(sockets.map((socket) => socket.next("trust.changed")));
    await anna.json("POST", `${PATH}/switch`, { force: false });
    expect(sockets.filter((socket) => socket.isClosed)).toEqual([]);
    for (let at = 0; at < agents.length; at += 50)
      await Promise.all(agents.slice(at, at + 50).map((agent) => agent.connect()));
    const { preFlight } = await shown(anna);
    expect(preFlight).toMatchObject({ jumpClients: 200, accepting: 200, learning: 0, lostCount: 0 });
    for (const agent of agents) agent[Symbol.dispose]();
  }, 60_000);

  test("a key counts from the first of the bundles that name it without a break", () => {
    const bundle = (version: number, ...keys: string[]) => ({
      version,
      jws: `x.${Buffer.from(JSON.stringify({ keys })).toString("base64url")}.x`,
    });
    const bundles = [bundle(9, "a", "b"), bundle(8, "b"), bundle(7, "a"), bundle(5, "b")];
    expect(vouchedSince(bundles, "b")).toBe(8);
    expect(vouchedSince(bundles, "a")).toBe(9);
    expect(vouchedSince(bundles, "c")).toBeNull();
    expect(vouchedSince([], "a")).toBeNull();
  });
});
