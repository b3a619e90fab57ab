import { describe, expect, test } from "bun:test";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

const start = () => startTestServer({ openRooms: noRooms });
const path = "/api/login/api-accounts";
const minutes = 60_000;
interface Made {
  apiAccount: { id: string; clientId: string; version: number };
  clientSecret: string;
}
const wish = { name: "Reports", comments: "", scopes: ["users.view"], networks: [], expiresAt: null };
const make = (browser: TestBrowser, more: object = {}) => browser.json<Made>("POST", path, { ...wish, ...more });

/** As a program asks: no cookies, no word of where it comes from. */
async function askToken(
  site: TestServer,
  { apiAccount, clientSecret }: Made,
): Promise<{ status: number; token: string }> {
  const fields = { grant_type: "client_credentials", client_id: apiAccount.clientId, client_secret: clientSecret };
  const response = await fetch(`${site.url}/api/oauth/token`, {
    method: "POST",
    body: new URLSearchParams(fields),
    tls: { rejectUnauthorized: false },
  });
  const answer = (await response.json()) as { access_token?: string };
  return { status: response.status, token: answer.access_token ?? "" };
}
async function call(site: TestServer, token: string, method: string, at: string, body?: object) {
  const response = await fetch(`${site.url}${at}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    tls: { rejectUnauthorized: false },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { code = "" } = (await response.json()) as { code?: string };
  return { status: response.status, code };
}

describe("API accounts", () => {
  test("NA11 a program gets a token by its secret and does what its scopes say, and nothing else", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const made = await make(anna);
    const { token } = await askToken(site, made);
    expect(await call(site, token, "GET", "/api/login/users")).toMatchObject({ status: 200 });
    for (const [method, at] of [
      ["GET", "/api/login/security"],
      ["GET", path],
      ["GET", "/api/login/account"],
      ["POST", "/api/login/launch-console"],
      ["POST", "/api/login/sign-out"],
    ] as const)
      expect(await call(site, token, method, at)).toEqual({ status: 403, code: "permission.denied" });
    expect(await call(site, token, "GET", "/api/console/account")).toMatchObject({ status: 401 });
    const listed = await anna.json<{ apiAccounts: object[] }>("GET", path);
    expect(listed.apiAccounts).toMatchObject([
      { name: "Reports", lastUsedAt: expect.any(String), madeBy: "Anna Admin" },
    ]);
    const rows = await site.core.database.queries.selectFrom("api_accounts").selectAll().execute();
    expect(JSON.stringify([listed, rows])).not.toContain(made.clientSecret);
  });

  test("NA11 nobody makes one that may do more than they may, and it follows when its maker loses a right", async () => {
    await using site = await start();
    const settings = { "api-accounts.manage": true, "users.view": true } as const;
    const rosa = await site.representative("rosa", settings, "login");
    const wide = { body: { ...wish, scopes: ["users.view", "users.edit"] } };
    expect(await rosa.refusal("POST", path, wide)).toEqual({ status: 403, code: "permission.not_held" });
    const { apiAccount, clientSecret } = await make(rosa);
    const widened = { body: { version: 1, scopes: ["users.edit"] } };
    expect(await rosa.refusal("PATCH", `${path}/${apiAccount.id}`, widened)).toMatchObject({
      code: "permission.not_held",
    });
    const anna = await site.administrator();
    expect(await anna.refusal("PATCH", `${path}/${apiAccount.id}`, widened)).toMatchObject({
      code: "permission.not_held",
    });
    const { token } = await askToken(site, { apiAccount, clientSecret });
    expect(await call(site, token, "GET", "/api/login/users")).toMatchObject({ status: 200 });
    const update = site.core.database.queries.updateTable("representatives");
    await update.set({ settings: "{}" }).where("username", "=", "rosa").execute();
    await site.core.policyBook.changed();
    expect(await call(site, token, "GET", "/api/login/users")).toEqual({ status: 403, code: "permission.denied" });
    await update.set({ is_disabled: 1 }).where("username", "=", "rosa").execute();
    expect(await call(site, token, "GET", "/api/login/users")).toEqual({ status: 401, code: "api.unauthorized" });
  });

  test("disabling, another secret, deleting and an hour end its tokens; wrong secrets are on record", async () => {
    await using site = await start();
    const anna = await site.administrator();
    let made = await make(anna);
    const at = `${path}/${made.apiAccount.id}`;
    const works = async (token: string) => (await call(site, token, "GET", "/api/login/users")).status === 200;
    const first = (await askToken(site, made)).token;
    expect(await works(first)).toBe(true);
    const rotated = await anna.json<Made>("POST", `${at}/secret`);
    expect([await works(first), (await askToken(site, made)).status]).toEqual([false, 401]);
    made = rotated;
    const second = (await askToken(site, made)).token;
    site.clock!.advance(59 * minutes);
    expect(await works(second)).toBe(true);
    site.clock!.advance(2 * minutes);
    expect(await works(second)).toBe(false);
    const again = await site.administrator();
    const third = (await askToken(site, made)).token;
    await again.json("PATCH", at, { version: made.apiAccount.version, isEnabled: false });
    expect([await works(third), (await askToken(site, made)).status]).toEqual([false, 401]);
    await again.json("PATCH", at, { version: made.apiAccount.version + 1, isEnabled: true });
    const fourth = (await askToken(site, made)).token;
    expect(await works(fourth)).toBe(true);
    await again.json("DELETE", at);
    expect(await works(fourth)).toBe(false);
    const { rows } = await again.json<{ rows: object[] }>("GET", "/api/login/audit?action=api-token.refused");
    expect(rows.length).toBe(2);
  });

  test("networks hold for the account and for all programs of the site, when a token is asked for and when it is used", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const made = await make(anna, { networks: ["203.0.113.0/24"] });
    expect((await askToken(site, made)).status).toBe(403);
    const open = await make(anna, { name: "Open" });
    const { token } = await askToken(site, open);
    const { version } = await anna.json<{ version: number }>("GET", "/api/login/security");
    const networks = { login: [], console: [], api: ["203.0.113.0/24"] };
    await anna.json("PATCH", "/api/login/security", { version, networks });
    expect(await call(site, token, "GET", "/api/login/users")).toEqual({ status: 403, code: "network.refused" });
    expect((await askToken(site, open)).status).toBe(403);
  });

  test("a page of another site can do nothing with a token it does not have, nor with our cookies beside one", async () => {
    await using site = await start();
    const anna = await site.administrator();
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await anna.refusal("GET", "/api/login/users", { headers: foreign })).toMatchObject({ status: 403 });
    const headers = { ...foreign, authorization: `Bearer ${"A".repeat(43)}` };
    expect(await anna.refusal("GET", "/api/login/users", { headers })).toEqual({
      status: 401,
      code: "api.unauthorized",
    });
    expect(await anna.refusal("POST", "/api/login/sign-out", { headers })).toMatchObject({ status: 401 });
    const again = { headers: { ...foreign, authorization: `Bearer ${"A".repeat(43)}` } };
    expect(await anna.refusal("GET", "/api/console/account", again)).toMatchObject({ status: 401 });
  });

  test("a flood of wrong secrets is a bounded few rows, and the next row says how many there were", async () => {
    await using site = await start();
    const wrong = { apiAccount: { id: "", clientId: "x".repeat(5000), version: 1 }, clientSecret: "wrong" };
    for (let count = 0; count < 50; count += 1) expect((await askToken(site, wrong)).status).toBe(401);
    site.clock!.advance(10 * minutes);
    await askToken(site, wrong);
    const anna = await site.administrator();
    const { rows } = await anna.json<{ rows: { detail: object; actorName: string }[] }>(
      "GET",
      "/api/login/audit?action=api-token.refused",
    );
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatchObject({ detail: { code: "api.unauthorized", more: 45 }, actorName: "x".repeat(64) });
  });

  test("a request for a token that is no form, or too large, is refused", async () => {
    await using site = await start();
    for (const raw of ["", "grant_type=password", `grant_type=client_credentials&client_secret=${"x".repeat(9000)}`]) {
      const { status } = await site.browser().refusal("POST", "/api/oauth/token", { raw });
      expect([400, 413]).toContain(status);
    }
  });
});

test("refusals that repeat within a minute are one row, and the next row says how many", async () => {
  await using site = await start();
  const anna = await site.administrator();
  const rosa = await site.representative("rosa");
  await addAccount(site.core, "otto", "representative");
  const denied = async () =>
    (await anna.json<{ rows: { detail: object }[] }>("GET", "/api/login/audit?action=permission.denied")).rows;
  for (let count = 0; count < 50; count += 1) await rosa.refusal("GET", "/api/login/users");
  expect(await denied()).toHaveLength(1);
  await rosa.refusal("GET", "/api/login/security");
  expect(await denied()).toHaveLength(2);
  site.clock!.advance(2 * minutes);
  await rosa.refusal("GET", "/api/login/users");
  expect((await denied()).map(({ detail }) => detail)).toMatchObject([{}, { repeats: 49 }, {}, {}]);
});
