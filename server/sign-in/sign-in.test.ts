import { describe, expect, test } from "bun:test";
import { type Revocation, SignIns } from "./sign-ins.ts";
import { ADMINISTRATOR, addAccount, noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";

const start = (options = {}) => startTestServer({ openRooms: noRooms, ...options });
const wrong = { body: { username: ADMINISTRATOR, password: "not the password" } };
const right = { body: { username: ADMINISTRATOR, password: PASSWORD } };
const minutes = 60_000;

interface Row {
  action: string;
  outcome: string;
  actorKind: string;
  actorName: string;
  address: string;
  objectName: string;
}
async function auditOf(anna: TestBrowser, action: string): Promise<Row[]> {
  return (await anna.json<{ rows: Row[] }>("GET", `/api/login/audit?action=${action}`)).rows;
}

/** The revocations a listener hears. */
function listen(site: TestServer): Revocation[] {
  const heard: Revocation[] = [];
  site.core.signIns.onRevoked((revocation) => heard.push(revocation));
  return heard;
}

describe("signing in", () => {
  test("LOGIN-07 a good and a bad password, in both areas, with a row in the audit log for each", async () => {
    await using site = await start();
    const anna = site.browser();
    for (const area of ["login", "console"]) {
      expect(await anna.refusal("POST", `/api/${area}/sign-in`, wrong)).toEqual({
        status: 401,
        code: "sign_in.failed",
      });
      expect(await anna.refusal("GET", `/api/${area}/account`)).toEqual({ status: 401, code: "sign_in.required" });
      expect(await anna.refusal("POST", `/api/${area}/sign-in`, right)).toEqual({ status: 200, code: "" });
      expect(await anna.json("GET", `/api/${area}/account`)).toMatchObject({ username: "anna", isAdministrator: true });
    }
    const good = { actorKind: "representative", actorName: "anna", address: "127.0.0.1", outcome: "succeeded" };
    const bad = { actorKind: "nobody", actorName: "anna", address: "127.0.0.1", outcome: "failed" };
    expect(await auditOf(anna, "sign-in.succeeded")).toMatchObject([
      { ...good, objectName: "console" },
      { ...good, objectName: "login" },
    ]);
    expect(await auditOf(anna, "sign-in.failed")).toMatchObject([
      { ...bad, objectName: "console" },
      { ...bad, objectName: "login" },
    ]);
  });

  test("NA20 the cookies are Secure, HttpOnly, SameSite=Strict, __Host- and gone with the browser", async () => {
    await using site = await start();
    for (const area of ["login", "console"]) {
      const response = await site.browser().request("POST", `/api/${area}/sign-in`, right);
      const [cookie = "", ...more] = response.headers.getSetCookie();
      expect(more).toEqual([]);
      const token = "[A-Za-z0-9_-]{43}";
      expect(cookie).toMatch(
        new RegExp(`^__Host-causeway-${area}=${token}; Path=/; Secure; HttpOnly; SameSite=Strict$`, "u"),
      );
    }
  });

  test("NA9 a token that was not given out signs nobody in, and ours is not in the database", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const token = anna.cookie.split("=")[1]!;
    const forged = [
      "A".repeat(43),
      token.slice(0, -1),
      `${token}A`,
      token.toLowerCase(),
      "",
      "../../etc/passwd",
      `${token}; __Host-causeway-login=${token}`,
    ];
    for (const value of forged) {
      const headers = { cookie: `__Host-causeway-login=${value}` };
      expect(await site.browser().refusal("GET", "/api/login/account", { headers })).toMatchObject({ status: 401 });
    }
    const rows = await site.core.database.queries.selectFrom("sign_ins").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test("LOGIN-19 logging out of one area leaves the other", async () => {
    await using site = await start();
    const anna = await site.administrator("login", "console");
    await anna.json("POST", "/api/console/sign-out");
    expect(await anna.refusal("GET", "/api/console/account")).toMatchObject({ status: 401 });
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
    await anna.signIn("console", ADMINISTRATOR, PASSWORD);
    await anna.json("POST", "/api/login/sign-out");
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    expect(await anna.refusal("GET", "/api/console/account")).toMatchObject({ status: 200 });
  });

  test("LOGIN-27 a token is dead the moment its holder logs out, and who listens is told", async () => {
    await using site = await start();
    const anna = await site.administrator("console");
    const { cookie } = anna;
    const heard = listen(site);
    await anna.json("POST", "/api/console/sign-out");
    expect(await site.browser().refusal("GET", "/api/console/account", { headers: { cookie } })).toMatchObject({
      status: 401,
    });
    expect(heard).toMatchObject([
      { area: "console", why: { code: "sign_in.required", message: "You have signed out." } },
    ]);
    const login = await site.administrator();
    expect(await auditOf(login, "sign-out")).toMatchObject([{ actorName: "anna", objectName: "console" }]);
  });

  test("signing in again ends the sign-in the browser had", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const { cookie } = anna;
    await anna.signIn("login", ADMINISTRATOR, PASSWORD);
    expect(await site.browser().refusal("GET", "/api/login/account", { headers: { cookie } })).toMatchObject({
      status: 401,
    });
  });

  test("an account is told when it had signed in before", async () => {
    await using site = await start();
    await site.administrator();
    site.clock!.advance(minutes);
    const anna = await site.administrator();
    const { signedInAt, lastSignInAt } = await anna.json<Record<string, string>>("GET", "/api/login/account");
    expect(Date.parse(signedInAt!) - Date.parse(lastSignInAt!)).toBe(minutes);
  });

  test("LOGIN-15 /login opens /console already signed in, as the same person", async () => {
    await using site = await start();
    const anna = await site.administrator("login");
    await anna.json("POST", "/api/login/launch-console");
    expect(await anna.json("GET", "/api/console/account")).toMatchObject({ username: "anna" });
    await anna.json("POST", "/api/login/sign-out");
    expect(await anna.refusal("GET", "/api/console/account")).toMatchObject({ status: 200 });
  });
});

describe("guessing", () => {
  test("NA22 a name nobody has costs as many hashes and brings the same words and the same lock as one that exists", async () => {
    await using site = await start();
    const { hasher } = site.core;
    const attempts = async (username: string) => {
      const answers: string[] = [];
      const before = hasher.verifications;
      for (let attempt = 0; attempt < 7; attempt += 1) {
        const body = { username, password: "not the password" };
        const response = await site.browser().request("POST", "/api/login/sign-in", { body });
        answers.push(`${response.status} ${await response.text()}`);
      }
      return { answers, hashes: hasher.verifications - before };
    };
    const known = await attempts(ADMINISTRATOR);
    expect(await attempts("nobody-of-that-name")).toEqual(known);
    expect(await attempts("NOBODY-of-another")).toEqual(known);
    expect(known.hashes).toBe(5);
    expect(known.answers[5]).toContain("sign_in.locked");
  });

  test("a disabled account looks like a wrong password", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await addAccount(site.core, "rosa", "representative");
    const { users } = await anna.json<{ users: { id: string; username: string }[] }>("GET", "/api/login/users");
    const { id } = users.find(({ username }) => username === "rosa")!;
    await anna.json("PATCH", `/api/login/users/${id}`, { version: 1, isDisabled: true });
    const body = { username: "rosa", password: PASSWORD };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", { body })).toEqual({
      status: 401,
      code: "sign_in.failed",
    });
  });

  test("five failures lock an account for a quarter of an hour, even for the right password", async () => {
    await using site = await start();
    const anna = await site.administrator();
    for (let attempt = 0; attempt < 5; attempt += 1) await site.browser().refusal("POST", "/api/login/sign-in", wrong);
    const signIn = () => site.browser().refusal("POST", "/api/login/sign-in", right);
    expect(await signIn()).toEqual({ status: 423, code: "sign_in.locked" });
    site.clock!.advance(14 * minutes);
    expect(await signIn()).toEqual({ status: 423, code: "sign_in.locked" });
    site.clock!.advance(minutes + 1);
    expect(await signIn()).toEqual({ status: 200, code: "" });
    expect(await auditOf(anna, "sign-in.locked")).toMatchObject([{ actorName: "anna", outcome: "denied" }]);
    expect(await auditOf(anna, "sign-in.failed")).toHaveLength(7);
  });

  test("an administrator unlocks an account", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await addAccount(site.core, "rosa", "representative");
    const body = { username: "rosa", password: "not the password" };
    for (let attempt = 0; attempt < 5; attempt += 1)
      await site.browser().refusal("POST", "/api/login/sign-in", { body });
    const rosa = async () =>
      (
        await anna.json<{ users: { id: string; username: string; isLocked: boolean }[] }>("GET", "/api/login/users")
      ).users.find(({ username }) => username === "rosa")!;
    expect((await rosa()).isLocked).toBe(true);
    await anna.json("POST", `/api/login/users/${(await rosa()).id}/unlock`);
    expect((await rosa()).isLocked).toBe(false);
    await site.browser().signIn("login", "rosa", PASSWORD);
  });

  test("a success in between starts the count anew", async () => {
    await using site = await start();
    for (const body of [wrong, wrong, wrong, wrong, right, wrong, wrong, wrong, wrong])
      await site.browser().request("POST", "/api/login/sign-in", body);
    expect(await site.browser().refusal("POST", "/api/login/sign-in", right)).toMatchObject({ status: 200 });
  });

  test("attempts are throttled by account and by address before anything is hashed", async () => {
    await using site = await start();
    const { hasher } = site.core;
    const codes: string[] = [];
    for (let attempt = 0; attempt < 25; attempt += 1)
      codes.push((await site.browser().refusal("POST", "/api/login/sign-in", wrong)).code);
    expect(codes.slice(20)).toEqual(Array.from({ length: 5 }, () => "sign_in.throttled"));
    const before = hasher.verifications;
    const others: string[] = [];
    for (let attempt = 0; attempt < 45; attempt += 1) {
      const body = { username: `name-${attempt}`, password: "x" };
      others.push((await site.browser().refusal("POST", "/api/login/sign-in", { body })).code);
    }
    expect(others.filter((code) => code === "sign_in.throttled")).toHaveLength(10);
    expect(hasher.verifications - before).toBe(35);
    site.clock!.advance(minutes);
    const body = { username: "name-99", password: "x" };
    expect((await site.browser().refusal("POST", "/api/login/sign-in", { body })).code).toBe("sign_in.failed");
  });

  test("parallel guesses count one by one: no more get through than the lock allows", async () => {
    await using site = await start();
    const guesses = Array.from({ length: 12 }, () => site.browser().refusal("POST", "/api/login/sign-in", wrong));
    await Promise.all(guesses);
    expect(await site.browser().refusal("POST", "/api/login/sign-in", right)).toEqual({
      status: 423,
      code: "sign_in.locked",
    });
  });
});

describe("ending sign-ins", () => {
  const idOf = async (anna: TestBrowser, name: string): Promise<string> => {
    const { users } = await anna.json<{ users: { id: string; username: string }[] }>("GET", "/api/login/users");
    return users.find(({ username }) => username === name)!.id;
  };

  test("NA38 disabling, a new password, signing out and deleting end every sign-in and tell who listens", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const changes: [string, string, unknown][] = [
      ["PATCH", "", { version: 1, isDisabled: true }],
      ["PATCH", "", { version: 1, isDisabled: false }],
      ["PATCH", "", { version: 1, password: "another horse battery staple" }],
      ["POST", "/sign-out", undefined],
      ["DELETE", "", undefined],
    ];
    for (const [index, [method, end, body]] of changes.entries()) {
      const name = `rosa${index}`;
      const rosa = await site.representative(name, "representative", "login", "console");
      const heard = listen(site);
      await anna.json(method, `/api/login/users/${await idOf(anna, name)}${end}`, body);
      const endsSignIns = index !== 1;
      expect(heard.map(({ area }) => area).toSorted()).toEqual(endsSignIns ? ["console", "login"] : []);
      const status = endsSignIns ? 401 : 200;
      expect(await rosa.refusal("GET", "/api/login/account")).toMatchObject({ status });
      expect(await rosa.refusal("GET", "/api/console/account")).toMatchObject({ status });
      site.clock!.advance(minutes);
    }
  });

  test("changing one's own password ends one's other sign-ins and keeps this one", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const elsewhere = await site.administrator("login", "console");
    const put = (currentPassword: string, newPassword: string) =>
      anna.refusal("PUT", "/api/login/account/password", { body: { currentPassword, newPassword } });
    expect(await put("not the password", "another horse battery")).toMatchObject({ code: "sign_in.failed" });
    for (const weak of ["short", "xx-anna-password-xx", "aaaaaaaaaaaaaaaa"])
      expect(await put(PASSWORD, weak)).toEqual({ status: 422, code: "password.too_weak" });
    expect(await put(PASSWORD, "another horse battery")).toMatchObject({ status: 200 });
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
    expect(await elsewhere.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    expect(await elsewhere.refusal("GET", "/api/console/account")).toMatchObject({ status: 401 });
    await site.browser().signIn("login", ADMINISTRATOR, "another horse battery");
    expect((await auditOf(anna, "password.changed")).map(({ outcome }) => outcome)).toEqual(["succeeded", "failed"]);
  });

  test("a sign-in without activity ends after the hour, and one with activity does not", async () => {
    await using site = await start();
    const idle = await site.administrator();
    const busy = await site.administrator("console");
    const socket = (await site.core.signIns.find(busy.cookie.split("=")[1]!, "console", "127.0.0.1"))!.actor.signIn;
    const heard = listen(site);
    for (let step = 0; step < 7; step += 1) {
      site.clock!.advance(9 * minutes);
      site.core.signIns.touch(socket);
    }
    await site.core.signIns.sweep();
    expect(heard).toMatchObject([{ area: "login", why: { code: "sign_in.required" } }]);
    expect(await idle.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    expect(await busy.refusal("GET", "/api/console/account")).toMatchObject({ status: 200 });
  });

  test("an idle sign-in is refused even before it is swept away", async () => {
    await using site = await start();
    const anna = await site.administrator();
    site.clock!.advance(60 * minutes + 1);
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
  });

  test("B2 what a page asks by itself keeps no sign-in alive, and wakes none that has idled", async () => {
    await using site = await start();
    const anna = await site.administrator("login", "console");
    const tomasz = await site.administrator();
    const asks = (path: string, header: string | null = "1") =>
      anna.refusal("GET", path, { headers: { "causeway-background": header } });
    for (let step = 0; step < 6; step += 1) {
      site.clock!.advance(10 * minutes - 1);
      for (const area of ["login", "console"])
        expect(await asks(`/api/${area}/account`)).toEqual({ status: 200, code: "" });
      // Only the header's own word makes it one that does not count.
      expect(
        (await tomasz.refusal("GET", "/api/login/account", { headers: { "causeway-background": "0" } })).code,
      ).toBe("");
      await site.core.signIns.sweep();
    }
    site.clock!.advance(10);
    expect(await asks("/api/login/account")).toEqual({ status: 401, code: "sign_in.required" });
    expect(await asks("/api/login/account", null)).toEqual({ status: 401, code: "sign_in.required" });
    const heard = listen(site);
    await site.core.signIns.sweep();
    expect(heard).toMatchObject([{ area: "console", why: { code: "sign_in.required" } }]);
    expect(await tomasz.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
  });

  test("B2 a console that came back by itself is kept alive by what is done in it", async () => {
    await using site = await start();
    const anna = await site.administrator("console");
    const token = anna.cookie.split("=")[1]!;
    const { signIns, database, security, policyBook, log } = site.core;
    // As after a restart: this one has not met the sign-in yet.
    const restarted = new SignIns(database, security, policyBook, site.clock!, log);
    const { signIn } = (await restarted.find(token, "console", "127.0.0.1", false))!.actor;
    site.clock!.advance(50 * minutes);
    restarted.touch(signIn);
    await restarted.sweep();
    site.clock!.advance(50 * minutes);
    expect(await restarted.find(token, "console", "127.0.0.1", false)).not.toBeNull();
    expect(await signIns.find(token, "console", "127.0.0.1")).not.toBeNull();
  });

  test("NA38 what another process ends is noticed by the serving one within two seconds", async () => {
    await using site = await start({ clock: systemClock });
    const anna = await site.administrator("login", "console");
    await anna.json("GET", "/api/login/account");
    await anna.json("GET", "/api/console/account");
    const { promise, resolve } = Promise.withResolvers<void>();
    const heard = listen(site);
    site.core.signIns.onRevoked(() => heard.length === 2 && resolve());
    const { directory, core } = site;
    {
      await using other = await openCore({
        directory,
        credentialsDirectory: null,
        clock: systemClock,
        log: core.log,
        version: "x",
      });
      await other.representatives.resetPassword(ADMINISTRATOR, "another horse battery");
    }
    await promise;
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
  });

  test("LOGIN-01 the console is off until it is allowed; switching it off ends every console and no sign-in to /login", async () => {
    await using site = await start({ isConsoleEnabled: false });
    const anna = await site.administrator();
    const site1 = await anna.json("GET", "/api/site");
    expect(site1).toMatchObject({ isConsoleEnabled: false });
    expect(await anna.refusal("POST", "/api/console/sign-in", right)).toEqual({
      status: 403,
      code: "console.disabled",
    });
    expect(await anna.refusal("POST", "/api/login/launch-console")).toEqual({ status: 403, code: "console.disabled" });

    await anna.json("PATCH", "/api/login/settings", { isConsoleEnabled: true });
    await anna.signIn("console", ADMINISTRATOR, PASSWORD);
    expect(await anna.refusal("POST", "/api/console/socket-ticket")).toMatchObject({ status: 200 });

    const heard = listen(site);
    await anna.json("PATCH", "/api/login/settings", { isConsoleEnabled: false });
    expect(heard).toMatchObject([{ area: "console", why: { code: "console.disabled" } }]);
    expect(await anna.refusal("POST", "/api/console/socket-ticket")).toMatchObject({ status: 401 });
    expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 200 });
  });
});

describe("socket tickets", () => {
  const ticketOf = async (browser: TestBrowser) =>
    (await browser.json<{ ticket: string }>("POST", "/api/console/socket-ticket")).ticket;

  test("NA13 a ticket names its holder once, for thirty seconds, while the sign-in lasts", async () => {
    await using site = await start();
    const { socketTickets } = site.core;
    const anna = await site.administrator("console");
    const ticket = await ticketOf(anna);
    expect(await socketTickets.redeem(ticket)).toMatchObject({
      username: "anna",
      area: "console",
      address: "127.0.0.1",
    });
    expect(await socketTickets.redeem(ticket)).toBeNull();
    expect(await socketTickets.redeem("A".repeat(43))).toBeNull();
    const late = await ticketOf(anna);
    site.clock!.advance(30_000);
    expect(await socketTickets.redeem(late)).toBeNull();
    const orphan = await ticketOf(anna);
    await anna.json("POST", "/api/console/sign-out");
    expect(await socketTickets.redeem(orphan)).toBeNull();
  });
});
