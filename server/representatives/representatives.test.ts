import { describe, expect, test } from "bun:test";
import { noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";

const start = () => startTestServer({ openRooms: noRooms });
interface User {
  id: string;
  username: string;
  isAdministrator: boolean;
  version: number;
}
const rosa = { username: "rosa", displayName: "Rosa R", password: PASSWORD, settings: { "console.use": true } };
const usersOf = async (anna: TestBrowser) => (await anna.json<{ users: User[] }>("GET", "/api/login/users")).users;

describe("accounts", () => {
  test("an administrator makes, changes and deletes them, and each step is written down", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const made = await anna.json<User>("POST", "/api/login/users", rosa);
    expect(made).toMatchObject({
      username: "rosa",
      isAdministrator: false,
      isDisabled: false,
      isLocked: false,
      lastSignInAt: null,
    });
    expect(await anna.json("PATCH", `/api/login/users/${made.id}`, { version: 1, displayName: "Rosa" })).toMatchObject({
      displayName: "Rosa",
      version: 2,
    });
    await anna.json("PATCH", `/api/login/users/${made.id}`, { version: 2, password: "another horse battery" });
    await site.browser().signIn("login", "rosa", "another horse battery");
    await anna.json("DELETE", `/api/login/users/${made.id}`);
    expect(await usersOf(anna)).toHaveLength(1);
    const { rows } = await anna.json<{ rows: { action: string; objectName: string }[] }>(
      "GET",
      "/api/login/audit?search=rosa",
    );
    const actions = rows.filter(({ objectName }) => objectName === "rosa").map(({ action }) => action);
    expect(actions).toEqual(["user.deleted", "password.reset", "user.changed", "user.created"]);
  });

  test("who sets their own password or address, or removes their own proofs, among the users proves first who they are, as on My account", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const made = await anna.json<User>("POST", "/api/login/users", rosa);
    const own = (await usersOf(anna)).find(({ username }) => username === "anna");
    const path = `/api/login/users/${own!.id}`;
    site.clock!.advance(11 * 60_000);
    const required = { status: 403, code: "sign_in.proof_required" };
    for (const change of [{ password: "another horse battery" }, { email: "mallory@example.com" }])
      expect(await anna.refusal("PATCH", path, { body: { version: 1, ...change } })).toEqual(required);
    expect(await anna.refusal("DELETE", `${path}/second-proofs`)).toEqual(required);
    expect(await anna.json("PATCH", path, { version: 1, displayName: "Anna" })).toMatchObject({ version: 2 });
    await anna.json("PATCH", `/api/login/users/${made.id}`, { version: 1, password: "another horse battery" });
    await anna.json("POST", "/api/login/account/proof", { password: PASSWORD });
    await anna.json("PATCH", path, { version: 2, email: "anna@example.com" });
    const password = { body: { version: 3, password: "another horse battery" } };
    expect(await anna.refusal("PATCH", path, password)).toMatchObject({ code: "" });
    await site.browser().signIn("login", "anna", "another horse battery");
  });

  test("NA18 no answer and no audit row holds a password or its hash", async () => {
    await using site = await startTestServer();
    const anna = await site.administrator();
    await anna.json("POST", "/api/login/users", rosa);
    for (const path of ["users", "audit", "settings", "account", "status", "certificate"]) {
      const text = JSON.stringify(await anna.json("GET", `/api/login/${path}`));
      for (const secret of ["argon2", PASSWORD, "PRIVATE", "token"]) expect(text).not.toContain(secret);
    }
  });

  test("a name is taken once, whatever its case", async () => {
    await using site = await start();
    const anna = await site.administrator();
    await anna.json("POST", "/api/login/users", rosa);
    const again = await anna.refusal("POST", "/api/login/users", { body: { ...rosa, username: "ROSA" } });
    expect(again).toEqual({ status: 409, code: "request.conflict" });
  });

  test("weak passwords are refused", async () => {
    await using site = await start();
    const anna = await site.administrator();
    for (const password of ["elevenchars", "rosa is my own name", "ababababababab"]) {
      const body = { ...rosa, password };
      expect(await anna.refusal("POST", "/api/login/users", { body })).toEqual({
        status: 422,
        code: "password.too_weak",
      });
    }
  });

  test("the last administrator who can sign in stays one, however it is tried, even by two at once", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const [self] = await usersOf(anna);
    const path = `/api/login/users/${self!.id}`;
    for (const body of [
      { version: 1, settings: {} },
      { version: 1, isDisabled: true },
    ])
      expect(await anna.refusal("PATCH", path, { body })).toEqual({ status: 409, code: "request.conflict" });
    expect(await anna.refusal("DELETE", path)).toEqual({ status: 409, code: "request.conflict" });

    const berta = await site.representative("berta", "administrator", "login");
    const other = (await usersOf(anna)).find(({ username }) => username === "berta")!;
    const answers = await Promise.all([
      anna.refusal("DELETE", `/api/login/users/${other.id}`),
      berta.refusal("DELETE", path),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const left = await site.core.database.queries.selectFrom("representatives").select("settings").execute();
    expect(left).toEqual([{ settings: '{"site.administer":true}' }]);
  });

  test("NA18 an id that names nobody is not found, whatever it looks like", async () => {
    await using site = await start();
    const anna = await site.administrator();
    for (const id of ["AAAAAAAAAAAAAAAAAAAAAA", "1", "' or 1=1 --", "null", "*"]) {
      const path = `/api/login/users/${encodeURIComponent(id)}`;
      expect(await anna.refusal("DELETE", path)).toEqual({ status: 404, code: "not_found" });
      expect(await anna.refusal("PATCH", path, { body: { version: 1 } })).toEqual({ status: 404, code: "not_found" });
    }
  });
});

describe("settings, preferences and status", () => {
  test("settings change one at a time, and only what changed is written down", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const before = await anna.json("GET", "/api/login/settings");
    expect(before).toMatchObject({ siteName: "Northmoor", statisticsIntervalSeconds: 60, passkeys: 0 });
    const change = { siteName: "Southmoor", statisticsIntervalSeconds: 60 };
    expect(await anna.json("PATCH", "/api/login/settings", change)).toEqual({ ...before, siteName: "Southmoor" });
    const { rows } = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=settings.changed");
    expect(rows).toMatchObject([{ objectName: "siteName", detail: { siteName: "Southmoor" } }]);
    for (const body of [{ statisticsIntervalSeconds: 1 }, { hostname: "a b" }, { unknown: 1 }])
      expect(await anna.refusal("PATCH", "/api/login/settings", { body })).toMatchObject({ code: "request.invalid" });
  });

  test("preferences belong to one representative", async () => {
    await using site = await start();
    const anna = await site.administrator("console");
    const rosa = await site.representative("rosa");
    const path = "/api/console/preferences";
    const dark = { theme: "dark", density: "cozy", hasSingleKeyShortcuts: false };
    await anna.json("PUT", path, dark);
    expect(await anna.json("GET", path)).toEqual({ ...dark, language: "" });
    expect(await rosa.json("GET", path)).toEqual({
      theme: "system",
      density: "compact",
      hasSingleKeyShortcuts: true,
      language: "",
    });
    expect(await rosa.refusal("PUT", path, { body: { ...dark, theme: "pink" } })).toMatchObject({
      code: "request.invalid",
    });
  });

  test("status tells of the certificate, the counts and the disk", async () => {
    await using site = await startTestServer();
    const anna = await site.administrator("login", "console");
    const status = await anna.json<Record<string, number>>("GET", "/api/login/status");
    expect(status).toMatchObject({
      version: "0.0.0-test",
      hostname: "localhost",
      certificate: { coversHostname: true },
      counts: { jumpClients: 0, jumpClientsOnline: 0, supportSessions: 0, representativesSignedIn: 1 },
    });
    for (const name of ["memoryBytes", "databaseBytes", "diskFreeBytes"]) expect(status[name]).toBeGreaterThan(0);
    expect(status["restart"]).toBeNull();
  });
});
