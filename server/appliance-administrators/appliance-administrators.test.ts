import { Secret, TOTP } from "otpauth";
import { describe, expect, test } from "bun:test";
import type { TestBrowser } from "../test/test-browser.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";

const OTHER = "another long enough secret";
const start = () => startTestServer({ openRooms: noRooms });

/** A browser that came in by a code from the console. */
async function administrator(site: TestServer, username = "root-anna"): Promise<TestBrowser> {
  const browser = site.browser();
  const code = await site.core.applianceAccess.presenceCodes.create();
  await browser.json("POST", "/api/appliance/with-code", { code, username, password: PASSWORD });
  return browser;
}

const signIn = (browser: TestBrowser, password: string, username = "root-anna") =>
  browser.refusal("POST", "/api/appliance/sign-in", { body: { username, password } });

const list = async (browser: TestBrowser) =>
  (await browser.json<{ administrators: { id: string; username: string }[] }>("GET", "/api/appliance/administrators"))
    .administrators;

const codeOf = (secret: string, site: TestServer): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: site.clock!.now().getTime() });

describe("administrators of the appliance", () => {
  test("B3 there is none at first: no password opens /appliance, and the code from the console makes the first", async () => {
    await using site = await start();
    const nobody = site.browser();
    expect(await nobody.json("GET", "/api/appliance/start")).toMatchObject({ hasAdministrator: false });
    for (const [username, password] of [
      ["admin", "admin"],
      ["admin", "password"],
      ["root", ""],
      ["anna", PASSWORD],
    ] as const)
      expect((await signIn(nobody, password, username)).status).toBeGreaterThanOrEqual(400);
    const anna = await administrator(site);
    expect(await anna.json("GET", "/api/appliance/account")).toMatchObject({ username: "root-anna" });
    expect(await nobody.json("GET", "/api/appliance/start")).toMatchObject({ hasAdministrator: true });
    expect(anna.cookie).toStartWith("__Host-causeway-appliance=");
  });

  test("a code is good once for each use, for an hour, and a newer one takes its place", async () => {
    await using site = await start();
    const { presenceCodes } = site.core.applianceAccess;
    const use = (code: string, username = "root-anna") =>
      site.browser().refusal("POST", "/api/appliance/with-code", { body: { code, username, password: PASSWORD } });
    const first = await presenceCodes.create();
    expect(first).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/u);
    const second = await presenceCodes.create();
    expect(await use(first)).toEqual({ status: 403, code: "presence_code.invalid" });
    expect(await use(second.toLowerCase().replace("-", " "))).toEqual({ status: 200, code: "" });
    expect(await use(second)).toEqual({ status: 403, code: "presence_code.invalid" });
    const third = await presenceCodes.create();
    site.clock!.advance(60 * 60_000 + 1);
    expect(await use(third)).toEqual({ status: 403, code: "presence_code.invalid" });
  });

  test("guessing a code is refused after a few attempts, and each attempt is in the audit log", async () => {
    await using site = await start();
    const answers: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const body = { code: `AAAA-22${count + 10}`, username: "root-anna", password: PASSWORD };
      answers.push((await site.browser().refusal("POST", "/api/appliance/with-code", { body })).code);
    }
    expect(answers.filter((code) => code === "presence_code.invalid")).toHaveLength(10);
    expect(answers.slice(10)).toEqual(["sign_in.throttled", "sign_in.throttled"]);
    const { rows } = await (await site.administrator()).json<{ rows: { action: string }[] }>("GET", "/api/login/audit");
    expect(rows.filter(({ action }) => action === "presence-code.refused")).toHaveLength(10);
  });

  test("a new password by the console's code takes the app, the lock and the sign-ins away", async () => {
    await using site = await start();
    const anna = await administrator(site);
    for (let count = 0; count < 5; count += 1) await signIn(site.browser(), "wrong");
    expect(await signIn(site.browser(), PASSWORD)).toEqual({ status: 423, code: "sign_in.locked" });
    const code = await site.core.applianceAccess.presenceCodes.create();
    const body = { code, username: "ROOT-ANNA", password: OTHER };
    expect((await site.browser().refusal("POST", "/api/appliance/with-code", { body })).code).toBe("");
    expect((await anna.refusal("GET", "/api/appliance/account")).code).toBe("sign_in.required");
    expect(await signIn(site.browser(), OTHER)).toEqual({ status: 200, code: "" });
    expect(await signIn(site.browser(), PASSWORD)).toEqual({ status: 401, code: "sign_in.failed" });
  });

  test("guesses that come all at once are no more than the lock allows, even where the last of them is right", async () => {
    await using site = await start();
    await administrator(site);
    const passwords = [...Array.from({ length: 12 }, () => "wrong"), PASSWORD];
    const answers = await Promise.all(passwords.map((password) => signIn(site.browser(), password)));
    expect(answers.at(-1)).toEqual({ status: 423, code: "sign_in.locked" });
  });

  test("an unknown name costs the same words and the same lock as a known one", async () => {
    await using site = await start();
    await administrator(site);
    for (const username of ["root-anna", "nobody-here"]) {
      const answers: string[] = [];
      for (let count = 0; count < 6; count += 1) answers.push((await signIn(site.browser(), "wrong", username)).code);
      expect(answers).toEqual([...Array.from({ length: 5 }, () => "sign_in.failed"), "sign_in.locked"]);
    }
  });

  test("an authenticator app is asked for once it is there, and takes each code once", async () => {
    await using site = await start();
    const anna = await administrator(site);
    const { secret } = await anna.json<{ secret: string }>("POST", "/api/appliance/account/authenticator-app");
    expect(
      (await anna.refusal("PUT", "/api/appliance/account/authenticator-app", { body: { code: "000000" } })).status,
    ).toBe(401);
    await anna.json("PUT", "/api/appliance/account/authenticator-app", { code: codeOf(secret, site) });
    const bare = { username: "root-anna", password: PASSWORD };
    const later = site.browser();
    const answer = await later.json<{ state: string; token: string }>("POST", "/api/appliance/sign-in", bare);
    expect(answer.state).toBe("second-proof");
    expect((await later.refusal("GET", "/api/appliance/account")).code).toBe("sign_in.required");
    const prove = (code: string) =>
      later.refusal("POST", "/api/appliance/sign-in/second-proof", { body: { token: answer.token, code } });
    expect((await prove(codeOf(secret, site))).code).toBe("sign_in.second_proof_failed");
    site.clock!.advance(30_000);
    expect(await prove(codeOf(secret, site))).toEqual({ status: 200, code: "" });
    expect((await prove(codeOf(secret, site))).code).toBe("sign_in.step_expired");
    expect(await later.json("GET", "/api/appliance/account")).toMatchObject({ hasAuthenticatorApp: true });
    const remove = { body: { ownPassword: PASSWORD } };
    expect((await later.refusal("POST", "/api/appliance/account/authenticator-app/remove", remove)).code).toBe("");
    expect(await signIn(site.browser(), PASSWORD)).toEqual({ status: 200, code: "" });
  });

  test("others are added, reset and removed by whoever proves who they are; never the last", async () => {
    await using site = await start();
    const anna = await administrator(site);
    const base = "/api/appliance/administrators";
    const ben = { username: "ben", password: OTHER };
    const add = (body: object) => anna.refusal("POST", base, { body });
    expect((await add({ ...ben, ownPassword: "wrong" })).code).toBe("sign_in.failed");
    expect((await add({ ...ben, password: "short", ownPassword: PASSWORD })).code).toBe("password.too_weak");
    expect((await add({ ...ben, ownPassword: PASSWORD })).code).toBe("");
    expect((await add({ ...ben, username: "Ben", ownPassword: PASSWORD })).code).toBe("request.conflict");
    const bens = site.browser();
    expect((await signIn(bens, OTHER, "ben")).code).toBe("");
    const [benId, annaId] = (await list(anna)).map(({ id }) => id) as [string, string];
    const reset = { body: { password: "a third long secret here", ownPassword: PASSWORD } };
    expect((await anna.refusal("POST", `${base}/${benId}/reset`, reset)).code).toBe("");
    expect((await bens.refusal("GET", base)).code).toBe("sign_in.required");
    const proof = { body: { ownPassword: PASSWORD } };
    expect((await anna.refusal("POST", `${base}/${benId}/remove`, proof)).code).toBe("");
    expect((await anna.refusal("POST", `${base}/${benId}/remove`, proof)).code).toBe("not_found");
    expect((await anna.refusal("POST", `${base}/${annaId}/remove`, proof)).code).toBe("request.conflict");
    const { rows } = await (await site.administrator()).json<{ rows: { action: string }[] }>("GET", "/api/login/audit");
    const told = rows.map(({ action }) => action).filter((action) => action.startsWith("appliance-administrator."));
    expect(told.toReversed()).toEqual([
      "appliance-administrator.created",
      "appliance-administrator.created",
      "appliance-administrator.reset",
      "appliance-administrator.deleted",
    ]);
  });

  test("one's own password changes with the old one, and one's other sign-ins end", async () => {
    await using site = await start();
    const anna = await administrator(site);
    const elsewhere = site.browser();
    await signIn(elsewhere, PASSWORD);
    const change = (currentPassword: string) =>
      anna.refusal("PUT", "/api/appliance/account/password", { body: { currentPassword, newPassword: OTHER } });
    expect((await change("wrong")).code).toBe("sign_in.failed");
    expect((await change(PASSWORD)).code).toBe("");
    expect((await elsewhere.refusal("GET", "/api/appliance/account")).code).toBe("sign_in.required");
    expect((await anna.refusal("GET", "/api/appliance/account")).code).toBe("");
  });

  test("NA38 a sign-in ends by itself after a quarter of an hour, after half a day, by a click, and by signing out", async () => {
    await using site = await start();
    const anna = await administrator(site);
    const elsewhere = site.browser();
    await signIn(elsewhere, PASSWORD);
    const path = "/api/appliance/sign-ins";
    const rows = async () => (await anna.json<{ signIns: { id: string; isOwn: boolean }[] }>("GET", path)).signIns;
    const other = (await rows()).find(({ isOwn }) => !isOwn)!;
    await anna.json("DELETE", `${path}/${other.id}`);
    expect((await elsewhere.refusal("GET", path)).code).toBe("sign_in.required");
    await signIn(elsewhere, PASSWORD);
    site.clock!.advance(16 * 60_000);
    expect((await anna.refusal("GET", path)).code).toBe("sign_in.required");
    await signIn(anna, PASSWORD);
    for (let minutes = 0; minutes < 12 * 60; minutes += 10) {
      expect((await anna.refusal("GET", path)).code).toBe("");
      site.clock!.advance(10 * 60_000);
    }
    site.clock!.advance(1);
    expect((await anna.refusal("GET", path)).code).toBe("sign_in.required");
    await signIn(anna, PASSWORD);
    await anna.json("POST", "/api/appliance/sign-out", {});
    expect(anna.cookie).toBe("");
  });

  test("B2 what a page of the appliance asks by itself keeps no sign-in alive, and wakes none that has idled", async () => {
    await using site = await start();
    const anna = await administrator(site);
    const path = "/api/appliance/sign-ins";
    const byItself = () => anna.refusal("GET", path, { headers: { "causeway-background": "1" } });
    site.clock!.advance(10 * 60_000);
    expect((await anna.refusal("GET", path)).code).toBe("");
    for (let minutes = 0; minutes < 15; minutes += 5) {
      site.clock!.advance(5 * 60_000);
      expect((await byItself()).code).toBe("");
    }
    site.clock!.advance(1);
    expect((await byItself()).code).toBe("sign_in.required");
    expect((await anna.refusal("GET", path)).code).toBe("sign_in.required");
  });

  test("whoever signs in to /appliance is nobody at /login and /console, and the other way about", async () => {
    await using site = await start();
    const anna = await administrator(site);
    for (const path of ["/api/login/account", "/api/console/account"])
      expect((await anna.refusal("GET", path)).code).toBe("sign_in.required");
    const other = await site.administrator("login", "console");
    expect((await other.refusal("GET", "/api/appliance/account")).code).toBe("sign_in.required");
  });
});

describe("setting an appliance up", () => {
  const wish = {
    ...{ siteName: "Northmoor", hostname: "localhost", username: "anna", displayName: "Anna Admin" },
    ...{ password: PASSWORD, isConsoleEnabled: false, certificate: null },
  };

  test("NA7 needs the code from the console, once", async () => {
    await using site = await startTestServer({ openRooms: noRooms, isSetUp: false, isAppliance: true });
    const anna = site.browser();
    expect(await anna.json("GET", "/api/site")).toMatchObject({ isSetUp: false, needsPresenceCode: true });
    const setUp = (more: object) => anna.refusal("POST", "/api/set-up", { body: { ...wish, ...more } });
    expect((await setUp({})).code).toBe("presence_code.invalid");
    expect((await setUp({ presenceCode: "AAAA-2222" })).code).toBe("presence_code.invalid");
    const presenceCode = await site.core.applianceAccess.presenceCodes.create();
    expect((await setUp({ presenceCode })).code).toBe("");
    // The same code then makes the appliance's administrator.
    const body = { code: presenceCode, username: "root-anna", password: PASSWORD };
    expect((await anna.refusal("POST", "/api/appliance/with-code", { body })).code).toBe("");
    expect((await anna.refusal("POST", "/api/appliance/with-code", { body })).code).toBe("presence_code.invalid");
  });

  test("a code that was right is still good when something else of the set-up was wrong", async () => {
    await using site = await startTestServer({ openRooms: noRooms, isSetUp: false, isAppliance: true });
    const presenceCode = await site.core.applianceAccess.presenceCodes.create();
    const setUp = (more: object) =>
      site.browser().refusal("POST", "/api/set-up", { body: { ...wish, presenceCode, ...more } });
    expect((await setUp({ password: "short" })).code).toBe("password.too_weak");
    expect((await setUp({})).code).toBe("");
  });
});
