import { describe, expect, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import { SoftwareAuthenticator } from "../test/software-authenticator.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, ADMINISTRATOR, noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";

const start = () => startTestServer({ openRooms: noRooms });
const minutes = 60_000;
const days = 24 * 60 * minutes;
interface Answer {
  state: string;
  token: string;
  rules?: string;
  hasPasskey?: boolean;
  hasAuthenticatorApp?: boolean;
}
const NEW = "another horse battery";

const codeOf = (site: TestServer, secret: string): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: site.clock!.now().getTime() });
const signIn = (browser: TestBrowser, username = ADMINISTRATOR, password = PASSWORD, area = "login") =>
  browser.json<Answer>("POST", `/api/${area}/sign-in`, { username, password });
async function change(browser: TestBrowser, changes: object): Promise<void> {
  const { version } = await browser.json<{ version: number }>("GET", "/api/login/security");
  await browser.json("PATCH", "/api/login/security", { version, ...changes });
}
async function addApp(site: TestServer, browser: TestBrowser): Promise<string> {
  const app = "/api/login/account/authenticator-app";
  const { secret, uri } = await browser.json<{ secret: string; uri: string }>("POST", app);
  expect(uri).toStartWith("otpauth://totp/Northmoor:anna?");
  await browser.json("PUT", app, { code: codeOf(site, secret) });
  return secret;
}
const secondProof = (browser: TestBrowser, body: object, area = "login") =>
  browser.refusal("POST", `/api/${area}/sign-in/second-proof`, { body });

describe("a second proof", () => {
  test("an authenticator app is asked for after the password, in both areas, and each code works once", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const secret = await addApp(site, anna);
    for (const area of ["login", "console"]) {
      site.clock!.advance(31_000);
      const browser = site.browser();
      const { state, token, hasAuthenticatorApp } = await signIn(browser, ADMINISTRATOR, PASSWORD, area);
      expect({ state, hasAuthenticatorApp }).toEqual({ state: "second-proof", hasAuthenticatorApp: true });
      expect(browser.cookie).toBe("");
      const other = area === "login" ? "console" : "login";
      const code = codeOf(site, secret);
      expect(await secondProof(browser, { token, code }, other)).toMatchObject({ code: "sign_in.step_expired" });
      expect(await secondProof(browser, { token, code }, area)).toMatchObject({ status: 200 });
      expect(await browser.json("GET", `/api/${area}/account`)).toMatchObject({ username: ADMINISTRATOR });
      expect(await secondProof(browser, { token, code }, area)).toMatchObject({ code: "sign_in.step_expired" });
      const again = await signIn(site.browser(), ADMINISTRATOR, PASSWORD, area);
      expect(await secondProof(site.browser(), { token: again.token, code }, area)).toMatchObject({
        code: "sign_in.second_proof_failed",
      });
    }
  });

  test("who knows one password keeps sixteen steps open, and the oldest makes room", async () => {
    await using site = await start();
    const secret = await addApp(site, await site.administrator());
    const tokens: string[] = [];
    for (let count = 0; count < 17; count += 1) {
      tokens.push((await signIn(site.browser())).token);
      site.clock!.advance(2000);
    }
    const attempt = (token: string) => secondProof(site.browser(), { token, code: codeOf(site, secret) });
    expect(await attempt(tokens[0]!)).toMatchObject({ code: "sign_in.step_expired" });
    expect(await attempt(tokens[1]!)).toMatchObject({ status: 200 });
  });

  test("wrong codes count as failed sign-ins and lock the account; a step ends after five minutes", async () => {
    await using site = await start();
    await addApp(site, await site.administrator());
    const { token } = await signIn(site.browser());
    for (let count = 0; count < 5; count += 1)
      expect(await secondProof(site.browser(), { token, code: "000000" })).toMatchObject({
        code: "sign_in.second_proof_failed",
      });
    expect(await secondProof(site.browser(), { token, code: "000000" })).toMatchObject({ code: "sign_in.locked" });
    site.clock!.advance(16 * minutes);
    const later = await signIn(site.browser());
    site.clock!.advance(6 * minutes);
    expect(await secondProof(site.browser(), { token: later.token, code: "000000" })).toMatchObject({
      code: "sign_in.step_expired",
    });
  });

  test("guesses that come all at once do not tell which of them was right", async () => {
    await using site = await start();
    await addApp(site, await site.administrator());
    const passwords = [...Array.from({ length: 12 }, () => "wrong"), PASSWORD];
    const answers = await Promise.all(
      passwords.map((password) => {
        const body = { username: ADMINISTRATOR, password };
        return site.browser().refusal("POST", "/api/login/sign-in", { body });
      }),
    );
    expect(answers.at(-1)).toEqual({ status: 423, code: "sign_in.locked" });
  });

  test("a new password voids the steps of the old one", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const secret = await addApp(site, anna);
    const { token } = await signIn(site.browser());
    await anna.json("PUT", "/api/login/account/password", { currentPassword: PASSWORD, newPassword: NEW });
    site.clock!.advance(31_000);
    expect(await secondProof(site.browser(), { token, code: codeOf(site, secret) })).toMatchObject({
      code: "sign_in.step_expired",
    });
  });

  test("who must have one and has none sets an app up before getting in, by the site's rule or their own", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await change(anna, { secondProof: "administrators" });
    await addAccount(site.core, "rosa", "representative");
    await addAccount(site.core, "otto", { "console.use": true, mustHaveSecondProof: true });
    expect(await signIn(site.browser(), "rosa")).toEqual({ state: "signed-in" } as Answer);
    for (const name of [ADMINISTRATOR, "otto"]) {
      const browser = site.browser();
      const { state, token } = await signIn(browser, name);
      expect(state).toBe("enrol-second-proof");
      expect(await secondProof(browser, { token, code: "000000" })).toMatchObject({
        code: "sign_in.second_proof_failed",
      });
      const app = await browser.json<{ secret: string }>("POST", "/api/login/sign-in/enrol-app", { token });
      expect(await secondProof(browser, { token, code: codeOf(site, app.secret) })).toMatchObject({ status: 200 });
      expect(await browser.json("GET", "/api/login/account/proofs")).toMatchObject({
        hasAuthenticatorApp: true,
        isSecondProofRequired: true,
      });
    }
  });

  test("a passkey is a second proof; whoever has one cannot set up an app in its place", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const key = new SoftwareAuthenticator(`https://localhost:${site.port}`);
    const { options } = await anna.json<{ options: unknown }>("POST", "/api/login/account/passkeys/options");
    await anna.json("POST", "/api/login/account/passkeys", { name: "Key", credential: key.create(options) });
    await change(anna, { secondProof: "everybody" });
    const browser = site.browser();
    const { state, token, hasPasskey } = await signIn(browser);
    expect({ state, hasPasskey }).toEqual({ state: "second-proof", hasPasskey: true });
    expect(await browser.refusal("POST", "/api/login/sign-in/enrol-app", { body: { token } })).toMatchObject({
      code: "sign_in.step_expired",
    });
    const asked = await browser.json<{ options: { allowCredentials: { id: string }[] } }>(
      "POST",
      "/api/login/sign-in/passkey-options",
      { token },
    );
    expect(asked.options.allowCredentials.map(({ id }) => id)).toEqual([key.id.toString("base64url")]);
    expect(await secondProof(browser, { token, passkey: key.get(asked.options) })).toMatchObject({ status: 200 });
  });

  test("the app's secret is sealed in the database", async () => {
    await using site = await start();
    const secret = await addApp(site, await site.administrator());
    const rows = await site.core.database.queries.selectFrom("representatives").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe("passwords", () => {
  test("one that must be changed, or has run out, is changed on the way in; earlier ones do not come again", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await change(anna, {
      passwords: { minLength: 14, minKinds: 2, historyCount: 2, expiresAfterDays: 30 },
      signInHours: 720,
    });
    site.clock!.advance(31 * days);
    const browser = site.browser();
    const { state, token, rules } = await signIn(browser);
    expect({ state, rules }).toEqual({ state: "new-password", rules: expect.stringContaining("14 characters") });
    expect(browser.cookie).toBe("");
    const next = (password: string) =>
      browser.refusal("POST", "/api/login/sign-in/new-password", { body: { token, password } });
    expect(await next("Short horse 1")).toMatchObject({ code: "password.too_weak" });
    expect(await next("onlysmallletters")).toMatchObject({ code: "password.too_weak" });
    expect(await next(PASSWORD)).toMatchObject({ code: expect.stringMatching(/^password\./u) });
    expect(await next("Another horse 12")).toMatchObject({ status: 200 });
    expect(await browser.json("GET", "/api/login/account")).toMatchObject({ username: ADMINISTRATOR });
    expect(await next("Another horse 13")).toMatchObject({ code: "sign_in.step_expired" });
    const own = (currentPassword: string, newPassword: string) => {
      site.clock!.advance(minutes);
      return browser.refusal("PUT", "/api/login/account/password", { body: { currentPassword, newPassword } });
    };
    expect(await own("Another horse 12", "Another horse 12")).toMatchObject({ code: "password.used_before" });
    expect(await own("Another horse 12", "A third horse 345")).toMatchObject({ status: 200 });
    expect(await own("A third horse 345", "Another horse 12")).toMatchObject({ code: "password.used_before" });
    expect(await own("A third horse 345", "A fourth horse 34")).toMatchObject({ status: 200 });
    expect(await own("A fourth horse 34", "Another horse 12")).toMatchObject({ status: 200 });
  });

  test("with a provider only, passwords sign in break-glass accounts alone, and a wrong one reads as always", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const { version } = await anna.json<{ version: number }>("GET", "/api/login/security");
    const asked = { body: { version, isProviderOnly: true } };
    expect(await anna.refusal("PATCH", "/api/login/security", asked)).toMatchObject({ code: "request.conflict" });
    await site.core.database.transaction((tx) => site.core.security.change(tx, { isProviderOnly: true }));
    await site.core.security.reload();
    const body = { username: ADMINISTRATOR, password: PASSWORD };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", { body })).toMatchObject({
      code: "sign_in.method_closed",
    });
    const wrong = { body: { ...body, password: "wrong horse battery" } };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", wrong)).toMatchObject({ code: "sign_in.failed" });
    expect(await site.browser().json("GET", "/api/sign-in-methods")).toMatchObject({ isPasswordOffered: false });
    await site.core.database.queries.updateTable("representatives").set({ is_break_glass: 1 }).execute();
    expect(await signIn(site.browser())).toEqual({ state: "signed-in" } as Answer);
  });
});
