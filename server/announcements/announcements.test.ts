import type { Static } from "@sinclair/typebox";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Announcement, type Announcements, MAX_ANNOUNCEMENTS } from "../../protocol/api/announcements.ts";
import type { ApiSecret } from "../../protocol/api/security.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { newId } from "../new-id.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { ScriptedSocket } from "../test/scripted-socket.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { TestClock } from "../test/test-clock.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const LOGIN = "/api/login/announcements";
const CONSOLE = "/api/console/announcements";
const MINUTE_MS = 60_000;

const clock = new TestClock();
let site: TestSite;
/** May do nothing but say something. */
let speaker: TestBrowser;
/** Works in the console and may not. */
let listener: TestBrowser;
beforeAll(async () => {
  site = await startTestSite({ clock });
  speaker = await site.server.representative("lena", { "announcements.make": true }, "login");
  listener = await site.server.representative("tomasz", { "console.use": true });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const say = (text: string, minutes = 15) => speaker.json<Announcement>("POST", LOGIN, { text, minutes });
const takeBack = (id: string) => speaker.json("DELETE", `${LOGIN}/${id}`);
const heardBy = async (browser: TestBrowser, path: string) =>
  (await browser.json<Announcements>("GET", path)).announcements.map(({ text }) => text);
async function quiet(): Promise<void> {
  for (const { id } of (await speaker.json<Announcements>("GET", LOGIN)).announcements) await takeBack(id);
}

test("B2 what is said reaches everybody signed in at either area, newest first, with who said it and until when", async () => {
  const nobody = await site.server.browser().refusal("GET", LOGIN);
  expect(nobody.code).toBe("sign_in.required");
  const said = await say("  Maintenance at six.\nSave your work.  ", 60);
  const now = clock.now().getTime();
  expect(said).toEqual({
    id: expect.stringMatching(/^[\w-]{22}$/u),
    text: "Maintenance at six.\nSave your work.",
    by: "lena",
    createdAt: new Date(now).toISOString(),
    endsAt: new Date(now + 60 * MINUTE_MS).toISOString(),
  });
  clock.advance(1);
  await say(`<b>"Second" & 'last'</b> 日本`);
  const texts = [`<b>"Second" & 'last'</b> 日本`, "Maintenance at six.\nSave your work."];
  expect(await heardBy(listener, LOGIN)).toEqual(texts);
  expect(await heardBy(listener, CONSOLE)).toEqual(texts);
  const late = await site.server.representative("late", { "console.use": true });
  expect(await heardBy(late, CONSOLE)).toEqual(texts);
  await quiet();
  expect(await heardBy(listener, CONSOLE)).toEqual([]);
});

test("B2 an announcement runs out by itself, and what ran out makes room and leaves no row", async () => {
  await say("Soon over");
  await say("Longer", 16);
  clock.advance(15 * MINUTE_MS);
  expect(await heardBy(listener, LOGIN)).toEqual(["Longer"]);
  clock.advance(MINUTE_MS);
  expect(await heardBy(listener, LOGIN)).toEqual([]);
  for (let count = 0; count < MAX_ANNOUNCEMENTS; count += 1) await say(`Number ${count}`);
  const { queries } = site.server.core.database;
  expect(await queries.selectFrom("announcements").select("id").execute()).toHaveLength(MAX_ANNOUNCEMENTS);
  const sixth = { body: { text: "One more", minutes: 15 } };
  expect(await speaker.refusal("POST", LOGIN, sixth)).toEqual({ status: 409, code: "request.conflict" });
  clock.advance(15 * MINUTE_MS);
  await say("Room again");
  expect(await queries.selectFrom("announcements").select("text").execute()).toEqual([{ text: "Room again" }]);
  await quiet();
});

test("B2 what is said and taken back stands in the audit log with its text and its end", async () => {
  const text = "Read all about it, since there is a lot of it\nand a second line as well.";
  const { id, endsAt } = await say(text);
  await takeBack(id);
  expect(await speaker.refusal("DELETE", `${LOGIN}/${id}`)).toEqual({ status: 404, code: "not_found" });
  for (const action of ["announcement.made", "announcement.ended"]) {
    const { rows } = await site.admin.json<{ rows: object[] }>("GET", `/api/login/audit?action=${action}`);
    expect(rows[0]).toMatchObject({
      ...{ actorName: "lena", objectKind: "announcement", outcome: "succeeded" },
      objectName: "Read all about it, since there is a lot of it and a second …",
      detail: { text, expiresAt: endsAt },
    });
  }
});

describe("who may say what", () => {
  test("B2 NA11 whoever has not the permission says and takes back nothing, and a program may where it has the scope", async () => {
    const { id } = await say("Stands");
    const wish = { body: { text: "Hello", minutes: 15 } };
    expect((await listener.refusal("POST", LOGIN, wish)).code).toBe("permission.denied");
    expect((await listener.refusal("DELETE", `${LOGIN}/${id}`)).code).toBe("permission.denied");
    const headers = { authorization: `Bearer ${await tokenFor("Rota", "announcements.make")}` };
    const stranger = site.server.browser();
    const made = await stranger.request("POST", LOGIN, { ...wish, headers });
    expect(await made.json()).toMatchObject({ text: "Hello", by: "Rota" });
    expect((await stranger.refusal("GET", LOGIN, { headers })).code).toBe("permission.denied");
    const without = { authorization: `Bearer ${await tokenFor("Reader", "audit.view")}` };
    expect((await stranger.refusal("POST", LOGIN, { ...wish, headers: without })).code).toBe("permission.denied");
    await quiet();
  });

  test("B2 what is blank, too long, unseen or endless is not said", async () => {
    const odd = ["", " \n ", "a".repeat(501), "a\u0007", "a\tb", "a\r\nb", "\u202eevil", "a\u2066b"];
    // Nothing that is seen; an older end of a line, a control character of the second set, ends of lines of Unicode.
    odd.push("\u200b", " \u200d\u2060\ufeff\u00ad ", "\u2800\u3164", "a\u0085b", "a\u009bb", "a\u2028b", "a\u2029b");
    for (const text of odd)
      expect((await speaker.refusal("POST", LOGIN, { body: { text, minutes: 15 } })).status).toBe(400);
    for (const minutes of [14, 0, -1, 15.5, 7 * 24 * 60 + 1])
      expect((await speaker.refusal("POST", LOGIN, { body: { text: "x", minutes } })).status).toBe(400);
    await say("a".repeat(500), 7 * 24 * 60);
    await quiet();
  });

  test("B2 signs of joined scripts and emoji are said, and half of a pair of code units becomes the sign for it", async () => {
    for (const text of ["👩\u200d🔧 comes", "می\u200cروم", "\u200eabc"]) expect((await say(text)).text).toBe(text);
    expect((await say("a\ud800")).text).toBe("a\ufffd");
    await quiet();
  });

  test("B2 an announcement another release took is shown and taken back, though it would be refused today", async () => {
    const [createdAt, endsAt] = [clock.now(), new Date(clock.now().getTime() + MINUTE_MS)].map((at) =>
      at.toISOString(),
    );
    const row = { id: newId<string>(), text: "Old\tone", made_by: "lena", created_at: createdAt!, ends_at: endsAt! };
    await site.server.core.database.queries.insertInto("announcements").values(row).execute();
    expect(await heardBy(listener, CONSOLE)).toEqual(["Old\tone"]);
    await quiet();
    expect(await heardBy(listener, LOGIN)).toEqual([]);
  });

  test("B2 NA38 who is signed out while it is under way says nothing", async () => {
    const other = await site.server.representative("mia", { "announcements.make": true }, "login");
    const { announcements, signIns } = site.server.core;
    const actor = (await signIns.find(other.cookie.split("=")[1]!, "login", "127.0.0.1"))!.actor;
    await signIns.end({ signIn: actor.signIn }, { code: "sign_in.required", message: "Ended by the test." });
    const { id } = await say("Stays");
    const tries = [announcements.make(actor, { text: "x", minutes: 15 }), announcements.end(actor, id)];
    for (const one of tries) expect(await one.catch(String)).toContain("This sign-in has ended");
    expect(await heardBy(listener, LOGIN)).toEqual(["Stays"]);
    await quiet();
  });
});

test("B2 every console hears at once that something was said or taken back, and none that has not signed on", async () => {
  using console = await ScriptedConsole.open(listener);
  using own = await ScriptedConsole.open(site.admin);
  using unproved = await ScriptedSocket.open(`${site.server.url}${CONSOLE_SOCKET_PATH}`, { origin: site.server.url });
  const { id } = await say("Look up");
  await Promise.all([console, own].map(({ socket }) => socket.next("announcements.changed")));
  await takeBack(id);
  await Promise.all([console, own].map(({ socket }) => socket.next("announcements.changed")));
  expect((await console.ask("console.ping")).type).toBe("console.pong");
  expect(unproved.history).toEqual([]);
});

/** A token of an API account of the first administrator's, who proves it by signing in. */
async function tokenFor(name: string, ...scopes: readonly string[]): Promise<string> {
  const body = { name, comments: "", scopes, networks: [], expiresAt: null };
  const anna = await site.server.administrator();
  const { apiAccount, clientSecret } = await anna.json<Static<typeof ApiSecret>>(
    "POST",
    "/api/login/api-accounts",
    body,
  );
  return await site.server.core.apiTokens.issue(apiAccount.clientId, clientSecret, "127.0.0.1");
}
