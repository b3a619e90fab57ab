import { describe, expect, test } from "bun:test";
import { type Lies, SoftwareAuthenticator } from "../../test/software-authenticator.ts";
import { keyMaker } from "../../test/key-maker.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { ADMINISTRATOR, noRooms, PASSWORD, startTestServer, type TestServer } from "../../test/test-server.ts";

const start = () => startTestServer({ openRooms: noRooms });
const path = "/api/login/account/passkeys";
interface Options {
  options: { challenge: string; allowCredentials: { id: string }[] };
}

const keyOf = (site: TestServer, step?: number): SoftwareAuthenticator =>
  new SoftwareAuthenticator(`https://localhost:${site.port}`, step);

async function add(browser: TestBrowser, key: SoftwareAuthenticator, name: string, lies: Lies = {}) {
  const { options } = await browser.json<Options>("POST", `${path}/options`);
  return await browser.refusal("POST", path, { body: { name, credential: key.create(options, lies) } });
}

async function optionsFor(browser: TestBrowser, area = "login", body: object = {}): Promise<Options["options"]> {
  return (await browser.json<Options>("POST", `/api/${area}/sign-in/passkey-options`, body)).options;
}

async function signIn(browser: TestBrowser, key: SoftwareAuthenticator, lies: Lies = {}, area = "login") {
  const credential = key.get(await optionsFor(browser, area), lies);
  return await browser.refusal("POST", `/api/${area}/sign-in/passkey`, { body: { credential } });
}

interface Proofs {
  passkeys: { id: string; name: string; lastUsedAt: string | null }[];
}
const proofsOf = (browser: TestBrowser) => browser.json<Proofs>("GET", "/api/login/account/proofs");
const security = (browser: TestBrowser) => browser.json<{ version: number }>("GET", "/api/login/security");
async function change(browser: TestBrowser, changes: object): Promise<void> {
  const { version } = await security(browser);
  await browser.json("PATCH", "/api/login/security", { version, ...changes });
}

describe("passkeys", () => {
  test("LOGIN-08 LOGIN-14 a passkey signs in to /login and /console without a name, beside the password", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const key = keyOf(site);
    expect(await add(anna, key, "Blue key")).toMatchObject({ status: 200 });
    for (const area of ["login", "console"]) {
      const browser = site.browser();
      expect(await signIn(browser, key, {}, area)).toMatchObject({ status: 200 });
      expect(await browser.json("GET", `/api/${area}/account`)).toMatchObject({ username: ADMINISTRATOR });
    }
    expect((await proofsOf(anna)).passkeys).toMatchObject([{ name: "Blue key", lastUsedAt: expect.any(String) }]);
    const { signIns } = await anna.json<{ signIns: { method: string }[] }>("GET", "/api/login/sign-ins");
    expect(signIns.map(({ method }) => method).sort()).toEqual(["passkey", "passkey", "password"]);
  });

  test("LOGIN-09 ten passkeys are taken, the eleventh is refused, also when two come at once", async () => {
    await using site = await start();
    const anna = await site.administrator();
    for (let count = 1; count <= 9; count += 1)
      expect(await add(anna, keyOf(site), `Key ${count}`)).toMatchObject({ status: 200 });
    const waiting = await Promise.all(
      [keyOf(site), keyOf(site)].map(async (key) => {
        const { options } = await anna.json<Options>("POST", `${path}/options`);
        return { name: "Late", credential: key.create(options) };
      }),
    );
    const answers = await Promise.all(waiting.map((body) => anna.refusal("POST", path, { body })));
    expect(answers.map(({ code }) => code).sort()).toEqual(["", "passkey.too_many"]);
    expect(await anna.refusal("POST", `${path}/options`)).toMatchObject({ code: "passkey.too_many" });
    expect((await proofsOf(anna)).passkeys).toHaveLength(10);
  });

  test("LOGIN-12 passkeys are named and removed on My account, by their owner alone, and each step is written down", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const rosa = await site.representative("rosa");
    const key = keyOf(site);
    await add(anna, key, "Blue key");
    const { id } = (await proofsOf(anna)).passkeys[0]!;
    const body = { name: "Green key" };
    expect(await rosa.refusal("PATCH", `${path}/${id}`, { body })).toMatchObject({ code: "not_found" });
    expect(await rosa.refusal("DELETE", `${path}/${id}`)).toMatchObject({ code: "not_found" });
    await anna.json("PATCH", `${path}/${id}`, body);
    expect((await proofsOf(anna)).passkeys).toMatchObject([{ name: "Green key" }]);
    await anna.json("DELETE", `${path}/${id}`);
    expect(await signIn(site.browser(), key)).toMatchObject({ code: "passkey.refused" });
    for (const action of ["passkey.added", "passkey.renamed", "passkey.removed"]) {
      const { rows } = await anna.json<{ rows: unknown[] }>("GET", `/api/login/audit?action=${action}`);
      expect(rows).toHaveLength(1);
    }
  });

  test("LOGIN-10 LOGIN-11 an administrator switches passkeys off and on and sets the default method, at once", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const key = keyOf(site);
    await add(anna, key, "Blue key");
    const methods = () => site.browser().json("GET", "/api/sign-in-methods");
    expect(await methods()).toMatchObject({ defaultMethod: "password", isPasskeyOffered: true });
    await change(anna, { defaultMethod: "passkey" });
    expect(await methods()).toMatchObject({ defaultMethod: "passkey", isPasswordOffered: true });
    const off = { isEnabled: false, requiresUserVerification: true, allowedModels: null };
    await change(anna, { passkeys: off });
    expect(await methods()).toMatchObject({ defaultMethod: "password", isPasskeyOffered: false });
    expect(await site.browser().refusal("POST", "/api/login/sign-in/passkey-options", { body: {} })).toMatchObject({
      code: "sign_in.method_closed",
    });
  });

  test("a site whose hostname is an address says why it has no passkeys, and settings say how many a new name orphans", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await add(anna, keyOf(site), "Blue key");
    expect(await anna.json("PATCH", "/api/login/settings", { hostname: "192.0.2.7" })).toMatchObject({ passkeys: 1 });
    expect(await proofsOf(anna)).toMatchObject({
      isPasskeyEnabled: false,
      passkeyObstacle: expect.stringContaining("192.0.2.7"),
    });
  });

  test("adding and removing one asks first who sits there, after ten minutes", async () => {
    await using site = await start();
    const anna = await site.administrator();
    site.clock!.advance(11 * 60_000);
    expect(await anna.refusal("POST", `${path}/options`)).toEqual({ status: 403, code: "sign_in.proof_required" });
    const wrong = { body: { password: "not the password" } };
    expect(await anna.refusal("POST", "/api/login/account/proof", wrong)).toMatchObject({ code: "sign_in.failed" });
    expect(await anna.refusal("DELETE", `${path}/AAAA`)).toMatchObject({ code: "sign_in.proof_required" });
    await anna.json("POST", "/api/login/account/proof", { password: PASSWORD });
    expect(await add(anna, keyOf(site), "Blue key")).toMatchObject({ status: 200 });
  });
});

test("NA38 an account's passkey signs nobody in while its security provider is off, and ends with it", async () => {
  await using site = await start();
  const anna = await site.administrator();
  const rosa = await site.representative("rosa", "representative", "login");
  const key = keyOf(site);
  await add(rosa, key, "Blue key");
  const config = {
    ...{ kind: "ldap", urls: ["ldap://127.0.0.1:1"], startTls: false, certificateAuthority: "", bindDn: "" },
    ...{ userBaseDn: "dc=example", usernameAttribute: "uid", groupBaseDn: "", timeoutSeconds: 1 },
  };
  const attributes = { username: "uid", displayName: "cn", email: "mail", groups: "" };
  const mapping = { attributes, createsAccounts: false, groupSync: "additive", groupRules: [] };
  const make = (name: string, more: object) =>
    anna.json<{ id: string; version: number }>("POST", "/api/login/providers", {
      ...{ name, isEnabled: true, emailDomains: [], mapping, ...more },
    });
  const directory = await make("Directory", { config, secret: "x" });
  const pushes = await make("Pushes", { config: { kind: "scim", signsInBy: directory.id } });
  const turn = async ({ id }: { id: string }, isEnabled: boolean) => {
    const { version } = await site.core.providers.providers.get(id);
    await anna.json("PATCH", `/api/login/providers/${id}`, { version, isEnabled });
  };
  for (const provider of [directory.id, pushes.id]) {
    const row = site.core.database.queries.updateTable("representatives").set({ provider });
    await row.where("username", "=", "rosa").execute();
    const browser = site.browser();
    expect(await signIn(browser, key)).toMatchObject({ status: 200 });
    await turn(directory, false);
    expect(await signIn(site.browser(), key)).toEqual({ status: 403, code: "sign_in.method_closed" });
    expect(await browser.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    await turn(directory, true);
    expect(await signIn(browser, key)).toMatchObject({ status: 200 });
  }
  // Whom it pushes are proved by the directory, which is on.
  await turn(pushes, false);
  expect(await signIn(site.browser(), key)).toMatchObject({ status: 200 });
});

describe("passkeys that lie", () => {
  const assertions: [string, Lies][] = [
    ["a page of another site", { origin: "https://evil.example" }],
    ["the same name over http", { origin: "http://localhost" }],
    ["another site's key", { rpId: "evil.example" }],
    ["a challenge of their own", { challenge: "A".repeat(43) }],
    ["nobody asked for PIN or finger", { isUnverified: true }],
    ["another key's signature", { hasOtherKey: true }],
    ["another account's handle", { userHandle: Buffer.from("B".repeat(22)).toString("base64url") }],
    ["a creation in place of an answer", { type: "webauthn.create" }],
  ];
  for (const [what, lies] of assertions)
    test(`NA9 ${what} signs nobody in`, async () => {
      await using site = await start();
      const anna = await site.administrator();
      const key = keyOf(site);
      await add(anna, key, "Blue key");
      const browser = site.browser();
      const { status, code } = await signIn(browser, key, lies);
      expect(["passkey.refused", "sign_in.step_expired"]).toContain(code);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(browser.cookie).toBe("");
      expect(await signIn(site.browser(), key)).toMatchObject({ status: 200 });
    });

  test("NA9 an answer that was used, or of somebody who began to add a key, is used up", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const key = keyOf(site);
    await add(anna, key, "Blue key");
    const credential = key.get(await optionsFor(anna));
    const body = { credential };
    expect(await site.browser().refusal("POST", "/api/login/sign-in/passkey", { body })).toMatchObject({ status: 200 });
    expect(await site.browser().refusal("POST", "/api/login/sign-in/passkey", { body })).toMatchObject({
      code: "sign_in.step_expired",
    });
    const late = key.get(await optionsFor(anna));
    site.clock!.advance(6 * 60_000);
    expect(
      await site.browser().refusal("POST", "/api/login/sign-in/passkey", { body: { credential: late } }),
    ).toMatchObject({ code: "sign_in.step_expired" });
  });

  test("a key whose counter goes back is refused and written down; one that does not count is taken", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const [key, synced] = [keyOf(site), keyOf(site, 0)];
    await add(anna, key, "Blue key");
    await add(anna, synced, "Phone");
    key.counter = 10;
    expect(await signIn(site.browser(), key)).toMatchObject({ status: 200 });
    expect(await signIn(site.browser(), key, { counter: 11 })).toMatchObject({ code: "passkey.refused" });
    const { rows } = await anna.json<{ rows: unknown[] }>("GET", "/api/login/audit?action=passkey.suspicious");
    expect(rows).toMatchObject([{ detail: { counter: 11, before: 11 } }]);
    for (const _ of [1, 2]) expect(await signIn(site.browser(), synced)).toMatchObject({ status: 200 });
  });

  test("a key is not added for another site, page, account, or without PIN or finger; nor twice", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const rosa = await site.representative("rosa");
    for (const lies of [{ origin: "https://evil.example" }, { rpId: "evil.example" }, { isUnverified: true }])
      expect(await add(anna, keyOf(site), "Bad", lies)).toMatchObject({ code: "passkey.refused" });
    const key = keyOf(site);
    const { options } = await rosa.json<Options>("POST", `${path}/options`);
    const body = { name: "Stolen", credential: key.create(options) };
    expect(await anna.refusal("POST", path, { body })).toMatchObject({ code: "passkey.refused" });
    expect(await add(anna, key, "Blue key")).toMatchObject({ status: 200 });
    expect(await add(rosa, key, "Blue key")).toMatchObject({ code: "passkey.refused" });
  });

  test("where only some models are taken, a maker the site knows vouches for the model, and nothing else does", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const blue = "ee882879-721c-4913-9775-3dfcce97072a";
    const [maker, stranger] = [keyMaker("Blue Keys"), keyMaker("Blue Keys")];
    const passkeys = { isEnabled: true, requiresUserVerification: true, allowedModels: [blue] };
    await change(anna, { passkeys, keyMakers: [maker.rootPem] });
    const { options } = await anna.json<{ options: { attestation: string } }>("POST", `${path}/options`);
    expect(options.attestation).toBe("direct");
    const keyOfModel = (model: string): SoftwareAuthenticator => {
      const aaguid = Buffer.from(model.replaceAll("-", ""), "hex");
      return new SoftwareAuthenticator(`https://localhost:${site.port}`, 1, aaguid);
    };
    const other = "cb69481e-8ff7-4039-93ec-0a2729a154a8";
    const made = () => maker.make({ aaguid: blue });
    const mixed = { chain: made().chain, key: stranger.make({ aaguid: blue }).key };
    const tries: [string, Lies][] = [
      [blue, {}],
      [blue, { attestation: "self" }],
      [blue, { attestation: stranger.make({ aaguid: blue }) }],
      [blue, { attestation: mixed }],
      [blue, { attestation: { ...made(), chain: [made().chain[0]!] } }],
      // A known maker's certificate for no model, or for another one of its own or of somebody else's.
      [blue, { attestation: maker.make() }],
      [blue, { attestation: maker.make({ aaguid: other }) }],
      [other, { attestation: made() }],
      [other, { attestation: maker.make({ aaguid: other }) }],
    ];
    for (const [model, lies] of tries)
      expect(await add(anna, keyOfModel(model), "Lies", lies)).toMatchObject({ code: "passkey.refused" });
    const key = keyOfModel(blue);
    expect(await add(anna, key, "Blue key", { attestation: made() })).toMatchObject({ status: 200 });
    expect(await signIn(site.browser(), key)).toMatchObject({ status: 200 });
    await change(anna, { passkeys: { ...passkeys, allowedModels: null } });
    expect(await add(anna, keyOfModel(blue), "Any key", { attestation: "self" })).toMatchObject({ status: 200 });
  });

  test("whatever is sent as a credential is refused in words", async () => {
    await using site = await start();
    const browser = site.browser();
    const junk = [
      null,
      1,
      "x",
      {},
      { response: {} },
      { response: { clientDataJSON: "!!" } },
      { response: { clientDataJSON: "e30" } },
    ];
    for (const credential of junk)
      expect(await browser.refusal("POST", "/api/login/sign-in/passkey", { body: { credential } })).toMatchObject({
        status: 400,
        code: "passkey.refused",
      });
  });
});
