import { describe, expect, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import { type MailSink, openMailSink } from "../../test/mail-sink.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { addAccount, noRooms, PASSWORD, startTestServer, type TestServer } from "../../test/test-server.ts";
import { canonicalCode, newRecoveryCodes } from "./recovery-code.ts";

const APP = "/api/login/account/authenticator-app";
const CODES = "/api/login/account/recovery-codes";
const failed = { status: 401, code: "sign_in.second_proof_failed" };
const codeOf = (site: TestServer, secret: string): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: site.clock!.now().getTime() });

/** A site with a mail server, and Rosa, who has an app and ten codes. */
async function start() {
  const site = await startTestServer({ openRooms: noRooms });
  const sink = await openMailSink();
  const anna = await site.administrator();
  const server = { host: "127.0.0.1", port: sink.port, encryption: "none", from: "support@northmoor.example" };
  await anna.json("PATCH", "/api/login/email", { version: 1, ...server });
  const id = await addAccount(site.core, "rosa", { "users.view": true });
  const email = { email: "rosa@northmoor.example" };
  await site.core.database.queries.updateTable("representatives").set(email).where("id", "=", id).execute();
  const browser = site.browser();
  await browser.signIn("login", "rosa", PASSWORD);
  await addApp(site, browser);
  const codes = await make(browser);
  const close = async () => {
    await sink[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  };
  return { site, sink, anna, browser, id, codes, [Symbol.asyncDispose]: close };
}

async function addApp(site: TestServer, browser: TestBrowser): Promise<string> {
  const { secret } = await browser.json<{ secret: string }>("POST", APP);
  await browser.json("PUT", APP, { code: codeOf(site, secret) });
  return secret;
}
const make = async (browser: TestBrowser): Promise<string[]> =>
  (await browser.json<{ codes: string[] }>("POST", CODES)).codes;
async function stepOf(browser: TestBrowser, username = "rosa"): Promise<string> {
  const body = { username, password: PASSWORD };
  return (await browser.json<{ token: string }>("POST", "/api/login/sign-in", body)).token;
}
async function recover(site: TestServer, recoveryCode: string, username = "rosa") {
  const browser = site.browser();
  const body = { token: await stepOf(browser, username), recoveryCode };
  const answer = await browser.refusal("POST", "/api/login/sign-in/second-proof", { body });
  return { browser, answer };
}
const left = async (browser: TestBrowser): Promise<number> =>
  (await browser.json<{ recoveryCodesLeft: number }>("GET", "/api/login/account/proofs")).recoveryCodesLeft;
const nextText = async (sink: MailSink): Promise<string> => (await sink.next()).replaceAll(/=\r?\n/gu, "");

describe("LOGIN-14 recovery codes", () => {
  test("each stands once for the app's code, however it is typed; it is written down and told by mail", async () => {
    await using room = await start();
    const { site, sink, browser, codes } = room;
    expect(await nextText(sink)).toContain("There are 10 of them");
    expect([new Set(codes).size, await left(browser)]).toEqual([10, 10]);
    const first = await recover(site, codes[3]!.toUpperCase().replaceAll("-", " "));
    expect(first.answer.status).toBe(200);
    expect(await first.browser.json("GET", "/api/login/account")).toMatchObject({ username: "rosa" });
    expect(await nextText(sink)).toContain("Codes left: 9");
    expect((await recover(site, codes[3]!)).answer).toEqual(failed);
    expect(await left(browser)).toBe(9);
    const { rows } = await room.anna.json<{ rows: { action: string; detail: unknown }[] }>(
      "GET",
      `/api/login/users/${room.id}/history?limit=50`,
    );
    const told = rows.filter(({ action }) => action.startsWith("recovery-code"));
    expect(told.map(({ action, detail }) => [action, detail])).toEqual([
      ["recovery-code.used", { left: 9 }],
      ["recovery-codes.made", { count: 10 }],
    ]);
  });

  test("two who come with one code at the same time: one gets in", async () => {
    await using room = await start();
    const answers = await Promise.all([recover(room.site, room.codes[0]!), recover(room.site, room.codes[0]!)]);
    expect(answers.map(({ answer }) => answer.status).toSorted()).toEqual([200, 401]);
  });

  test("new ones end those before; the app's end, by oneself or an administrator, is theirs", async () => {
    await using room = await start();
    const { site, browser, codes, anna, id } = room;
    const fresh = await make(browser);
    expect((await recover(site, codes[0]!)).answer).toEqual(failed);
    expect((await recover(site, fresh[0]!)).answer.status).toBe(200);
    await browser.request("DELETE", APP);
    expect(await left(browser)).toBe(0);
    expect(await browser.refusal("POST", CODES)).toMatchObject({ code: "request.conflict" });
    site.clock!.advance(31_000);
    await addApp(site, browser);
    expect((await recover(site, fresh[1]!)).answer).toEqual(failed);
    const last = await make(browser);
    await anna.json("DELETE", `/api/login/users/${id}/second-proofs`);
    const rows = await site.core.database.queries.selectFrom("recovery_codes").selectAll().execute();
    expect([rows, last.length]).toEqual([[], 10]);
  });

  test("NA11 they are made by who just proved themselves, for themselves; nobody's code is another's", async () => {
    await using room = await start();
    const { site, browser, codes } = room;
    expect((await site.browser().refusal("POST", CODES)).code).toBe("sign_in.required");
    await addAccount(site.core, "karl", { "users.view": true });
    const karl = site.browser();
    await karl.signIn("login", "karl", PASSWORD);
    expect(await karl.refusal("POST", CODES)).toMatchObject({ code: "request.conflict" });
    await addApp(site, karl);
    expect((await recover(site, codes[0]!, "karl")).answer).toEqual(failed);
    expect((await recover(site, codes[0]!)).answer.status).toBe(200);
    site.clock!.advance(11 * 60_000);
    expect(await browser.refusal("POST", CODES)).toMatchObject({ code: "sign_in.proof_required" });
  });

  test("wrong ones count like wrong codes of the app, up to the lock", async () => {
    await using room = await start();
    const answers: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      room.site.clock!.advance(20_000);
      const body = { username: "rosa", password: PASSWORD };
      const browser = room.site.browser();
      const begun = await browser.request("POST", "/api/login/sign-in", { body });
      if (begun.status !== 200) break;
      const { token } = (await begun.json()) as { token: string };
      const wrong = { token, recoveryCode: newRecoveryCodes()[0]! };
      answers.push((await browser.refusal("POST", "/api/login/sign-in/second-proof", { body: wrong })).code);
    }
    expect(answers[0]).toBe("sign_in.second_proof_failed");
    expect(answers.length).toBeLessThan(12);
  });

  test("what reads alike is one code, and what is none is refused before it is looked up", async () => {
    expect(canonicalCode(" O1iL-abCD ")).toBe("0111abcd");
    for (const code of newRecoveryCodes())
      expect(code).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/u);
    await using room = await start();
    for (const bad of ["short", "x".repeat(41), "кириллица-код-тут", ""])
      expect((await recover(room.site, bad)).answer).toMatchObject({ code: "request.invalid" });
  });
});
