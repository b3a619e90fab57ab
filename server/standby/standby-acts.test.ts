import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Database as Sqlite } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { DATABASE_FILE } from "../database/database.ts";
import { type Appliance, eventually, inStep, pairedAppliances, twoAppliances } from "../test/paired-appliances.ts";
import { RealAgent } from "../test/real-agent.ts";
import { smallDisk } from "../test/small-disk.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { PASSWORD } from "../test/test-server.ts";

const MEGABYTE = 1 << 20;

/** Writes so much into a database beside its server, in transactions of a megabyte. */
async function fill({ directory }: Appliance, megabytes: number): Promise<void> {
  using database = new Sqlite(join(directory, DATABASE_FILE));
  database.run("pragma busy_timeout = 10000");
  for (let index = 0; index < megabytes; index += 1) {
    const name = `filler ${crypto.randomUUID()}`;
    database.run("insert into settings (name, value) values (?, ?)", [name, JSON.stringify("x".repeat(MEGABYTE))]);
    await Bun.sleep(30);
  }
}

/** The token of an API account with one scope. */
async function programToken({ url }: Appliance, anna: TestBrowser, scope: string): Promise<string> {
  const account = { name: `program ${scope}`, comments: "", scopes: [scope], networks: [], expiresAt: null };
  const made = await anna.json<{ apiAccount: { clientId: string }; clientSecret: string }>(
    ...(["POST", "/api/login/api-accounts", account] as const),
  );
  const { clientSecret, apiAccount } = made;
  const body = new URLSearchParams({
    ...{ grant_type: "client_credentials", client_id: apiAccount.clientId, client_secret: clientSecret },
  });
  const answer = await fetch(`${url}/api/oauth/token`, { method: "POST", body, tls: { rejectUnauthorized: false } });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const jumpClients = async (browser: TestBrowser): Promise<{ status: string }[]> =>
  (await browser.json<{ jumpClients: { status: string }[] }>("GET", "/api/login/jump-clients")).jumpClients;

describe("what is done with a failover pair", () => {
  test("B34 a drill opens a copy of the copy from either side, says what it found, and changes nothing", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const asked = await primary.act("drill");
    expect(asked).toMatchObject({ role: "primary", lastSwitch: { isDrill: true } });
    expect(asked.history[0]?.text).toContain("A drill passed. The copy opens, every page and reference is sound");
    await standby.signIn("otto");
    expect(await standby.act("drill")).toMatchObject({ role: "standby", lastSwitch: { isDrill: true } });
    await inStep(primary);
  }, 60_000);

  test("B34 after the pair was ended the primary serves alone, and the standby serves nothing of the site it has a copy of", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    await standby.signIn("otto");
    await primary.act("part");
    expect(await primary.pair()).toMatchObject({ role: "alone", peer: null });
    const parted = await standby.pairIs("it hears of it", ({ peer }) => peer === null);
    expect(parted.problem).toContain("The pair has ended.");
    expect((await standby.administratorRefused()).status).toBe(503);
    await primary.administrator();
    // And it can be invited again.
    await standby.act("join", { invitation: await primary.invitation() });
    await inStep(primary);
  }, 60_000);

  test("a standby answers /appliance and nothing of the site: pages, the API, computers and consoles", async () => {
    await using pair = await pairedAppliances();
    const { standby } = pair;
    const status = async (path: string): Promise<number> => (await standby.appliance.request("GET", path)).status;
    await standby.signIn("otto");
    for (const path of ["/", "/login", "/console", "/api/site", "/api/login/audit", "/gateway/trust", "/gateway/agent"])
      expect({ path, status: await status(path) }).toEqual({ path, status: 503 });
    expect(await status("/api/appliance/start")).toBe(200);
    expect(await status("/applianceX")).toBe(503);
    const page = await standby.administratorRefused();
    expect(await page.text()).toContain("This is a standby");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  }, 60_000);

  test("B34 many megabytes reach the standby through several generations of the log, and are all there after a change of roles", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    await fill(primary, 60);
    await primary.administrator();
    await inStep(primary, 60_000);
    const copy = join(standby.directory, "standby/copy", DATABASE_FILE);
    expect(statSync(copy).size).toBeGreaterThan(30 * MEGABYTE);
    expect(statSync(`${copy}-wal`).size).toBeLessThan(32 * MEGABYTE);
    await primary.act("switch", { force: false });
    await standby.administrator();
    using database = new Sqlite(join(standby.directory, DATABASE_FILE), { readonly: true });
    const rows = database.query("select count(*) as rows from settings where name like 'filler %'").get();
    expect(rows).toEqual({ rows: 60 });
    expect(database.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  }, 120_000);

  test("B34 with the standby's disk full the primary serves on and says why nothing is copied; with room again it is", async () => {
    using disk = smallDisk(150);
    await using pair = await pairedAppliances(disk.path);
    const { primary, standby } = pair;
    const filler = join(disk.path, "filler");
    Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=1M", "count=140"], { stderr: "ignore" });
    await fill(primary, 12);
    const anna = await primary.administrator();
    await anna.json("POST", "/api/login/jump-groups", { name: "Served on", comments: "" });
    const told = await primary.pairIs("it says why", ({ problem }) => problem !== "");
    expect(told.problem).toContain("disk of the standby is");
    rmSync(filler);
    await primary.pairIs("it is in step", ({ problem, behindBytes }) => problem === "" && behindBytes === 0, 60_000);
    await primary.kill();
    await standby.signIn("otto");
    await standby.act("switch", { force: true });
    await standby.administrator();
  }, 120_000);

  test("B34 a real agent trusts the appliance that took over, and is online there once it answers at the site's address", async () => {
    await using two = await twoAppliances();
    const { site, fresh } = two;
    await using agent = await site.core((core) => RealAgent.start(core, site.port));
    const anna = await site.administrator();
    await eventually("the agent is online", async () =>
      (await jumpClients(anna)).some(({ status }) => status === "online") ? true : null,
    );
    await fresh.act("join", { invitation: await site.invitation() });
    await inStep(site);
    const address = site.port;
    await site.kill();
    await fresh.signIn("otto");
    await fresh.act("switch", { force: true });
    await fresh.administrator();
    // What an administrator does with a name or an address: the new primary answers where the former one did.
    await fresh.stop();
    await fresh.start(address);
    const there = await fresh.administrator();
    await eventually("the agent is back", async () =>
      (await jumpClients(there)).some(({ status }) => status === "online") ? true : null,
    );
    void agent;
  }, 120_000);

  test("B34 a program with the scope for it changes roles as planned by the API; one with another scope does not", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const anna = await primary.administrator();
    const order = async (scope: string): Promise<Response> =>
      await fetch(`${primary.url}/api/login/standby/switch`, {
        ...{ method: "POST", body: "{}", tls: { rejectUnauthorized: false } },
        headers: {
          ...{
            authorization: `Bearer ${await programToken(primary, anna, scope)}`,
            "content-type": "application/json",
          },
        },
      });
    expect((await order("audit.view")).status).toBe(403);
    expect(await primary.pair()).toMatchObject({ role: "primary" });
    const answer = await order("appliance.switch");
    expect({ status: answer.status, pair: await answer.json() }).toMatchObject({
      status: 200,
      pair: { role: "standby" },
    });
    await standby.administrator();
  }, 60_000);

  test("B34 a program orders a change of roles by force at the standby, signed in as its administrator; nobody else does", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const token = await programToken(primary, await primary.administrator(), "appliance.switch");
    await inStep(primary);
    await primary.kill();
    const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
      await fetch(`${standby.url}${path}`, {
        ...{ method: "POST", body: JSON.stringify(body), tls: { rejectUnauthorized: false } },
        // As curl does with the two lines of docs/admin/disaster.md: what a cookie may do is asked from the server's own origin.
        headers: { "content-type": "application/json", origin: standby.url, ...headers },
      });
    const path = "/api/appliance/standby/switch";
    expect((await post(path, { force: true })).status).toBe(401);
    // The site's accounts are no accounts of this box.
    expect((await post(path, { force: true }, { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await post("/api/login/standby/switch", {}, { authorization: `Bearer ${token}` })).status).toBe(503);
    const sign = (username: string, password: string) => post("/api/appliance/sign-in", { username, password });
    expect((await sign("otto", "not the password")).status).toBe(401);
    expect((await sign("olga", PASSWORD)).status).toBe(401);
    expect(await standby.pair()).toMatchObject({ role: "standby" });
    const signedIn = await sign("otto", PASSWORD);
    const cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(";")[0]!)
      .join("; ");
    const answer = await post(path, { force: true }, { cookie });
    expect({ status: answer.status, pair: await answer.json() }).toMatchObject({
      status: 200,
      pair: { role: "primary", lastSwitch: { isForced: true } },
    });
    const there = await standby.administrator();
    const { rows } = await there.json<{ rows: { action: string }[] }>("GET", "/api/login/audit");
    expect(rows.map(({ action }) => action)).toContain("standby.took-over");
  }, 60_000);

  test("nobody, the site's own administrator and what nobody may now are refused at each of its addresses", async () => {
    await using two = await twoAppliances();
    const { site } = two;
    const anna = await site.administrator();
    const refusals = async (browser: TestBrowser) =>
      await Promise.all(
        ["invitation", "join", "switch", "drill", "part"].map((act) =>
          browser.refusal("POST", `/api/appliance/standby/${act}`, {
            body: act === "join" ? { invitation: "x" } : act === "switch" ? { force: true } : {},
          }),
        ),
      );
    for (const { status } of await refusals(anna)) expect(status).toBe(401);
    const [invited, ...others] = await refusals(site.appliance);
    expect(invited).toEqual({ status: 200, code: "" });
    for (const other of others) expect(other).toEqual({ status: 409, code: "standby.refused" });
  }, 60_000);

  test("what is kept of a pair is its owner's alone, and no secret of it is shown", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    for (const { directory } of [primary, standby])
      expect(statSync(join(directory, "pair.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(standby.directory, "standby/copy/secret.key")).mode & 0o777).toBe(0o600);
    const shown = JSON.stringify(await primary.pair());
    const { keys } = JSON.parse(readFileSync(join(primary.directory, "pair.json"), "utf8")) as {
      keys: { privateKey: string };
    };
    expect(shown).not.toContain(keys.privateKey);
    const nobody = await primary.appliance.refusal("GET", "/api/appliance/standby", { headers: { cookie: null } });
    expect(nobody).toEqual({ status: 401, code: "sign_in.required" });
  }, 60_000);
});
