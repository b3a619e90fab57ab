import { connect } from "node:tls";
import { describe, expect, test } from "bun:test";
import type { Revocation } from "../sign-in/sign-ins.ts";
import { keyMaker } from "../test/key-maker.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, ADMINISTRATOR, noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";
import { Networks } from "./networks.ts";

const start = () => startTestServer({ openRooms: noRooms });
const path = "/api/login/security";
const minutes = 60_000;
const hours = 60 * minutes;
const elsewhere = ["203.0.113.0/24"];
const everywhere = { login: [], console: [], api: [] };

async function change(browser: TestBrowser, changes: object) {
  const { version } = await browser.json<{ version: number }>("GET", path);
  return await browser.refusal("PATCH", path, { body: { version, ...changes } });
}

describe("security settings", () => {
  test("a change counts the version and is written down with what was before; a stale one is refused", async () => {
    await using site = await start();
    const anna = await site.administrator();
    expect(await change(anna, { lockOutAfterFailures: 3, signInHours: 12 })).toMatchObject({ status: 200 });
    expect(await anna.json("GET", path)).toMatchObject({ version: 2, lockOutAfterFailures: 3, signInHours: 12 });
    const { rows } = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=security.changed");
    const before = { lockOutAfterFailures: 5, signInHours: 24 };
    expect(rows).toMatchObject([{ detail: { before, after: { lockOutAfterFailures: 3, signInHours: 12 } } }]);
    const stale = { body: { version: 1, signInHours: 8 } };
    expect(await anna.refusal("PATCH", path, stale)).toMatchObject({ code: "request.stale" });
    for (const bad of [
      { defaultMethod: "AAAAAAAAAAAAAAAAAAAAAA" },
      { networks: { ...everywhere, api: ["10.0.0.0/33"] } },
    ])
      expect(await change(anna, bad)).toMatchObject({ code: "request.invalid" });
    site.clock!.advance(11 * minutes);
    expect(await change(anna, { signInHours: 8 })).toMatchObject({ code: "sign_in.proof_required" });
  });

  test("models of keys are named only with their makers' certificates, which the audit log tells by fingerprint", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const { rootPem } = keyMaker("Blue Keys");
    const passkeys = { isEnabled: true, requiresUserVerification: true, allowedModels: [] };
    const unreadable = rootPem.replace(/[A-Za-z0-9+/]{40}/u, "");
    for (const bad of [{ passkeys }, { keyMakers: [unreadable] }, { keyMakers: ["rubbish"] }, { keyMakers: [] }])
      expect(await change(anna, bad)).toMatchObject({ code: "request.invalid" });
    expect(await change(anna, { passkeys, keyMakers: [rootPem] })).toMatchObject({ status: 200 });
    expect(await change(anna, { keyMakers: null })).toMatchObject({ code: "request.invalid" });
    expect(await anna.json("GET", path)).toMatchObject({ keyMakers: [rootPem], version: 2 });
    const { rows } = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=security.changed");
    const fingerprint = expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/u);
    expect(rows).toMatchObject([{ detail: { before: { keyMakers: null }, after: { keyMakers: [fingerprint] } } }]);
    expect(JSON.stringify(rows)).not.toContain("BEGIN");
  });

  test("an account that is locked until somebody unlocks it stays locked", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const id = await addAccount(site.core, "rosa", "representative");
    await change(anna, { lockOutMinutes: null, lockOutAfterFailures: 3 });
    const wrong = { body: { username: "rosa", password: "wrong" } };
    for (let count = 0; count < 3; count += 1) await site.browser().refusal("POST", "/api/login/sign-in", wrong);
    site.clock!.advance(1000 * hours);
    const right = { body: { username: "rosa", password: PASSWORD } };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", right)).toMatchObject({ code: "sign_in.locked" });
    const admin = await site.administrator();
    await admin.json("POST", `/api/login/users/${id}/unlock`);
    await site.browser().signIn("login", "rosa", PASSWORD);
  });

  test("networks keep out of an area at once who comes from elsewhere, but never who says so", async () => {
    await using site = await start();
    const anna = await site.administrator("login", "console");
    const heard: Revocation[] = [];
    site.core.signIns.onRevoked((revocation) => heard.push(revocation));
    expect(await change(anna, { networks: { ...everywhere, login: elsewhere } })).toMatchObject({
      code: "request.conflict",
    });
    expect(await change(anna, { networks: { ...everywhere, console: elsewhere } })).toMatchObject({ status: 200 });
    expect(heard).toMatchObject([{ area: "console", why: { code: "network.refused" } }]);
    const body = { username: ADMINISTRATOR, password: PASSWORD };
    expect(await anna.refusal("POST", "/api/console/sign-in", { body })).toEqual({
      status: 403,
      code: "network.refused",
    });
    expect(await anna.refusal("POST", "/api/login/launch-console")).toMatchObject({ code: "network.refused" });
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
  });

  test("addresses lie in networks of either family, and text that is none is refused", () => {
    const networks = new Networks(["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]);
    for (const inside of ["10.255.0.1", "2001:db8:5::1", "192.0.2.7"]) expect(networks.has(inside)).toBe(true);
    for (const outside of ["11.0.0.1", "2001:db9::1", "192.0.2.8", "::1", "", "junk"])
      expect(networks.has(outside)).toBe(false);
    expect(new Networks([]).has("anything")).toBe(true);
    for (const bad of ["10.0.0.0/33", "2001:db8::/129", "10.0.0", "::::", "/8"])
      expect(() => new Networks([bad])).toThrow("neither an address");
  });
});

test("the least TLS version holds for the next connection, without a restart", async () => {
  await using site = await start();
  const anna = await site.administrator();
  const speaks = async (version: "TLSv1.2" | "TLSv1.3"): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const options = { host: "127.0.0.1", port: site.port, rejectUnauthorized: false } as const;
    const socket = connect({ ...options, minVersion: version, maxVersion: version }, () => resolve(true));
    socket.on("error", () => resolve(false));
    const spoke = await promise;
    socket.destroy();
    return spoke;
  };
  expect([await speaks("TLSv1.2"), await speaks("TLSv1.3")]).toEqual([true, true]);
  await change(anna, { minimumTlsVersion: "1.3" });
  expect([await speaks("TLSv1.2"), await speaks("TLSv1.3")]).toEqual([false, true]);
  expect(await anna.json("GET", path)).toMatchObject({ minimumTlsVersion: "1.3" });
});

describe("sign-ins", () => {
  test("NA18 the list shows whose they are without their tokens; what it shows signs nobody in, and one ends by it", async () => {
    await using site = await start();
    const anna = await site.administrator();
    site.clock!.advance(minutes);
    const rosa = await site.representative("rosa", "representative", "console");
    type Row = { id: string; username: string; area: string; isOwn: boolean };
    const list = async () => (await anna.json<{ signIns: Row[] }>("GET", "/api/login/sign-ins")).signIns;
    const rows = await list();
    expect(rows).toMatchObject([
      { username: "rosa", area: "console", isOwn: false, method: "password" },
      { username: ADMINISTRATOR, area: "login", isOwn: true },
    ]);
    const tokens = [anna, rosa].map(({ cookie }) => cookie.split("=")[1]!);
    for (const token of tokens) expect(JSON.stringify(rows)).not.toContain(token);
    const headers = { cookie: `__Host-causeway-console=${rows[0]!.id}` };
    expect(await site.browser().refusal("GET", "/api/console/account", { headers })).toMatchObject({ status: 401 });
    expect(await rosa.refusal("DELETE", `/api/login/sign-ins/${rows[1]!.id}`)).toMatchObject({ status: 401 });
    const heard: Revocation[] = [];
    site.core.signIns.onRevoked(() => {
      throw new Error("a listener that fails");
    });
    site.core.signIns.onRevoked((revocation) => heard.push(revocation));
    await anna.json("DELETE", `/api/login/sign-ins/${rows[0]!.id}`);
    expect(heard).toHaveLength(1);
    expect(site.log.join("\n")).toContain("a listener failed");
    expect(await rosa.refusal("GET", "/api/console/account")).toMatchObject({ status: 401 });
    expect(await anna.refusal("DELETE", `/api/login/sign-ins/${rows[0]!.id}`)).toMatchObject({ code: "not_found" });
    expect(await list()).toHaveLength(1);
  });

  test("one more sign-in than allowed is refused or ends the oldest, by area and by account", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await change(anna, { maxSignIns: 2, whenTooMany: "refuse" });
    const rosas = [await site.representative("rosa", "representative", "login"), site.browser()];
    await rosas[1]!.signIn("login", "rosa", PASSWORD);
    const body = { username: "rosa", password: PASSWORD };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", { body })).toMatchObject({
      code: "sign_in.too_many",
    });
    expect(await rosas[1]!.refusal("POST", "/api/login/sign-in", { body })).toMatchObject({ status: 200 });
    await site.browser().signIn("console", "rosa", PASSWORD);
    await change(anna, { whenTooMany: "end-oldest" });
    site.clock!.advance(minutes);
    await rosas[1]!.json("GET", "/api/login/account");
    await site.browser().signIn("login", "rosa", PASSWORD);
    expect(await rosas[0]!.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    expect(await rosas[1]!.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
  });

  test("a sign-in ends after the hours of the site, when its account ends, and idle by the account's own minutes", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await change(anna, { idleSignOutMinutes: 1440, signInHours: 3 });
    const rosa = await site.representative("rosa", { "console.use": true, idleSignOutMinutes: 10 }, "login");
    const otto = await site.representative("otto", "representative", "login");
    expect(await rosa.json("GET", "/api/login/account")).toMatchObject({ idleSignOutMinutes: 10 });
    site.clock!.advance(11 * minutes);
    await site.core.signIns.sweep();
    expect(await rosa.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    const expiresAt = new Date(site.clock!.now().getTime() + hours).toISOString();
    const update = site.core.database.queries.updateTable("representatives").set({ expires_at: expiresAt });
    await update.where("username", "=", "otto").execute();
    site.clock!.advance(hours + minutes);
    expect(await otto.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    const body = { username: "otto", password: PASSWORD };
    expect(await otto.refusal("POST", "/api/login/sign-in", { body })).toMatchObject({
      code: "sign_in.account_expired",
    });
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
    site.clock!.advance(2 * hours);
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
  });
});
