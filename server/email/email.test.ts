import { describe, expect, test } from "bun:test";
import { openMailSink } from "../test/mail-sink.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, ADMINISTRATOR, noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";

const start = () => startTestServer({ openRooms: noRooms });
const path = "/api/login/email";
const NEW = "another horse battery";
const hours = 3_600_000;

async function set(browser: TestBrowser, port: number, more: object = {}) {
  const { version } = await browser.json<{ version: number }>("GET", path);
  const from = "support@northmoor.example";
  const body = { version, host: "127.0.0.1", port, encryption: "none", from, ...more };
  return await browser.json("PATCH", path, body);
}
/** The token of a link in a message, whose lines may be broken. */
const tokenIn = (message: string): string =>
  /reset-password#([A-Za-z0-9_-]{43})/u.exec(message.replaceAll("=\r\n", ""))![1]!;

/** A message's headers and its text, whichever way it came. */
function readMessage(message: string): { readonly headers: string; readonly text: string } {
  const lines = message.replaceAll("\r\n", "\n");
  const at = lines.indexOf("\n\n");
  const [headers, body] = [lines.slice(0, at), lines.slice(at + 2)];
  if (/^Content-Transfer-Encoding: base64$/imu.test(headers))
    return { headers, text: Buffer.from(body, "base64").toString("utf8").replaceAll("\r\n", "\n") };
  const bytes = body
    .replaceAll("=\n", "")
    .replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const isQuoted = /^Content-Transfer-Encoding: quoted-printable$/imu.test(headers);
  return { headers, text: isQuoted ? Buffer.from(bytes, "latin1").toString("utf8") : body };
}

describe("e-mail", () => {
  test("a test message arrives, with a password that is sealed and never shown", async () => {
    await using site = await start();
    await using sink = await openMailSink({ user: "causeway", pass: "mail secret" });
    const anna = await site.administrator();
    const shown = await set(anna, sink.port, { username: "causeway", password: "mail secret" });
    expect(shown).toMatchObject({ hasPassword: true, version: 2 });
    await anna.json("POST", `${path}/test`, { to: "anna@northmoor.example" });
    expect(await sink.next()).toContain("To: anna@northmoor.example");
    const { queries } = site.core.database;
    const stored = await Promise.all([
      queries.selectFrom("settings").selectAll().execute(),
      queries.selectFrom("audit_events").selectAll().execute(),
    ]);
    expect(JSON.stringify(stored)).not.toContain("mail secret");
    expect(await set(anna, sink.port, { host: "localhost" })).toMatchObject({ hasPassword: false });
  });

  test("what the mail server refuses is told; a stale change, a bad address and a sender of none are refused", async () => {
    await using site = await start();
    await using sink = await openMailSink({ user: "causeway", pass: "mail secret" });
    const anna = await site.administrator();
    const mail = { body: { to: "anna@northmoor.example" } };
    expect(await anna.refusal("POST", `${path}/test`, mail)).toEqual({ status: 502, code: "email.failed" });
    await set(anna, sink.port, { username: "causeway", password: "wrong" });
    expect(await anna.refusal("POST", `${path}/test`, mail)).toMatchObject({ code: "email.failed" });
    expect(await anna.refusal("POST", `${path}/test`, { body: { to: "a\r\nBcc: b@c" } })).toMatchObject({
      status: 502,
    });
    const stale = { body: { version: 1, port: 25 } };
    expect(await anna.refusal("PATCH", path, stale)).toMatchObject({ code: "request.stale" });
    const bad = { body: { version: 2, from: "" } };
    expect(await anna.refusal("PATCH", path, bad)).toMatchObject({ code: "request.invalid" });
    const rosa = await site.representative("rosa");
    expect(await rosa.refusal("POST", `${path}/test`, mail)).toMatchObject({ code: "permission.denied" });
  });
});

describe("reset links", () => {
  async function withMail() {
    const site = await start();
    const sink = await openMailSink();
    const anna = await site.administrator();
    await set(anna, sink.port);
    const id = await addAccount(site.core, "rosa", "representative");
    const email = { email: "rosa@northmoor.example" };
    await site.core.database.queries.updateTable("representatives").set(email).where("id", "=", id).execute();
    const ask = (username: string) => site.browser().refusal("POST", "/api/login/reset-link", { body: { username } });
    const use = (token: string, password = NEW) =>
      site.browser().refusal("POST", "/api/login/reset-password", { body: { token, password } });
    const close = async () => {
      await sink[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    };
    return { site, sink, anna, id, ask, use, [Symbol.asyncDispose]: close };
  }

  test("a link sets a new password once, voids older ones, and ends the account's sign-ins", async () => {
    await using room = await withMail();
    const { site, sink, ask, use } = room;
    const rosa = site.browser();
    await rosa.signIn("login", "rosa", PASSWORD);
    await ask("rosa");
    const first = tokenIn(await sink.next());
    await ask("rosa");
    const second = tokenIn(await sink.next());
    expect(await use(first)).toEqual({ status: 400, code: "reset_link.invalid" });
    expect(await use(second, "short")).toMatchObject({ code: "password.too_weak" });
    const both = await Promise.all([use(second), use(second)]);
    expect(both.map(({ code }) => code).sort()).toEqual(["", "reset_link.invalid"]);
    expect(await rosa.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    await site.browser().signIn("login", "rosa", NEW);
    const rows = await site.core.database.queries.selectFrom("reset_links").selectAll().execute();
    expect(rows).toEqual([]);
  });

  test("the message speaks the account's language, else the site's, and says which", async () => {
    await using room = await withMail();
    const { site, sink, anna, id, ask } = room;
    const { queries } = site.core.database;
    const seen: [string, string][] = [];
    for (const [language, siteLanguage] of [
      ["", "fr"],
      ["ja", "fr"],
      ["de", "fr"],
      ["es", "en"],
      ["", "en"],
    ] as const) {
      await anna.json("PATCH", "/api/login/settings", { language: siteLanguage });
      await queries.updateTable("representatives").set({ language }).where("id", "=", id).execute();
      site.clock!.advance(hours);
      await ask("rosa");
      const { headers, text } = readMessage(await sink.next());
      expect(text).toMatch(/reset-password#[A-Za-z0-9_-]{43}\n/u);
      seen.push([/^Content-Language: (\w+)$/mu.exec(headers)![1]!, text.split("\n")[0]!]);
    }
    expect(seen).toEqual([
      ["fr", "Quelqu'un a demandé un nouveau mot de passe pour rosa."],
      ["ja", "rosa の新しいパスワードが求められました。"],
      ["de", "Jemand hat ein neues Kennwort für rosa verlangt."],
      ["es", "Alguien ha pedido una contraseña nueva para rosa."],
      ["en", "Somebody asked for a new password for rosa."],
    ]);
  });

  test("a link ends after 24 hours", async () => {
    await using room = await withMail();
    await room.ask("rosa");
    const token = tokenIn(await room.sink.next());
    room.site.clock!.advance(24 * hours + 1);
    expect(await room.use(token)).toMatchObject({ code: "reset_link.invalid" });
  });

  test("the answer is the same whatever the name; nobody without an address gets a message", async () => {
    await using room = await withMail();
    const answers = [await room.ask("nobody"), await room.ask(ADMINISTRATOR), await room.ask("rosa")];
    for (const answer of answers) expect(answer).toEqual({ status: 200, code: "" });
    expect(await room.sink.next()).toContain("To: rosa@northmoor.example");
    expect(room.sink.messages).toHaveLength(1);
  });

  test("an administrator sends one; it is on record; switched off, nobody is sent any", async () => {
    await using room = await withMail();
    const { anna, id, sink, ask } = room;
    await anna.json("POST", `/api/login/users/${id}/reset-link`);
    expect(tokenIn(await sink.next())).toHaveLength(43);
    const { rows } = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=reset-link.sent");
    expect(rows).toMatchObject([{ actorName: ADMINISTRATOR, objectName: "rosa" }]);
    const { version } = await anna.json<{ version: number }>("GET", "/api/login/security");
    await anna.json("PATCH", "/api/login/security", { version, isPasswordResetEnabled: false });
    expect(await ask("rosa")).toMatchObject({ code: "sign_in.method_closed" });
  });
});
