import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Static } from "@sinclair/typebox";
import type { EffectiveSettings, UserDetail, Users as Page } from "../../protocol/api/users.ts";
import { addManyAccounts, addProvider, given, makePolicy, member, USERS } from "../test/account-scenes.ts";
import { addJumpGroup, addSessionPolicy } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";

type Detail = Static<typeof UserDetail>;
type List = Static<typeof Page>;

let site: TestServer;
let anna: TestBrowser;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
});
afterAll(() => site[Symbol.asyncDispose]());

const get = (id: string) => anna.json<Detail>("GET", `${USERS}/${id}`);
const change = (id: string, body: object) => anna.json<Detail>("PATCH", `${USERS}/${id}`, body);
const historyOf = async (id: string) =>
  (await anna.json<{ rows: { action: string; detail: Record<string, unknown> }[] }>("GET", `${USERS}/${id}/history`))
    .rows;

describe("one account", () => {
  test("B8 every field changes by itself and its history tells before and after, without any secret", async () => {
    const { id } = await anna.json<Detail>("POST", USERS, {
      username: "zoë",
      displayName: "Zoë 李",
      email: "zoe@northmoor.example",
      password: PASSWORD,
      mustChangePassword: true,
      expiresAt: "2027-01-01T00:00:00+01:00",
      settings: { "console.use": true },
    });
    expect(await get(id)).toMatchObject({
      expiresAt: "2026-12-31T23:00:00.000Z",
      mustChangePassword: true,
      version: 1,
    });
    await change(id, { version: 1, displayName: "Zoë", publicName: "Zed", language: "fr", expiresAt: null });
    await change(id, { version: 2, password: "another horse battery", settings: { "session.join": true } });
    expect(await get(id)).toMatchObject({ displayName: "Zoë", publicName: "Zed", language: "fr", version: 3 });
    const rows = await historyOf(id);
    expect(rows.map(({ action }) => action)).toEqual([
      "password.reset",
      "user.changed",
      "user.changed",
      "user.created",
    ]);
    expect(rows[1]!.detail).toEqual({
      settings: { "console.use": { before: true, after: null }, "session.join": { before: null, after: true } },
    });
    expect(rows[2]!.detail).toMatchObject({ displayName: { before: "Zoë 李", after: "Zoë" } });
    expect(JSON.stringify(rows)).not.toContain("horse battery");
    for (const wrong of [{ expiresAt: "soon" }, { email: "no address" }, { language: "xx" }])
      expect(await anna.refusal("PATCH", `${USERS}/${id}`, { body: { version: 3, ...wrong } })).toMatchObject({
        code: "request.invalid",
      });
  });

  test("who changes an account that somebody changed since is told who and when", async () => {
    const berta = await site.representative("berta", "administrator", "login");
    const id = await addAccount(site.core, "karl", {});
    await berta.json("PATCH", `${USERS}/${id}`, { version: 1, displayName: "Karl K" });
    const response = await anna.request("PATCH", `${USERS}/${id}`, { body: { version: 1, displayName: "Karl" } });
    expect(await response.json()).toMatchObject({
      code: "request.stale",
      message: expect.stringMatching(/^karl was changed by berta on/u),
    });
  });

  test("B8 an account whose end has passed is signed out and told as expired", async () => {
    const rosa = await site.representative("rosa", "representative", "login");
    const { id } = await rosa.json<{ id: string }>("GET", "/api/login/account");
    const ended = await change(id, { version: 1, expiresAt: "2020-01-01T00:00:00Z" });
    expect(ended.status).toBe("expired");
    expect(await rosa.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    expect((await anna.json<List>("GET", `${USERS}?status=expired`)).users.map((user) => user.id)).toEqual([id]);
  });

  test("B8 a lost telephone: passkeys and authenticator app are forgotten and its sign-ins end", async () => {
    const rosa = await site.representative("lost", "representative", "login");
    const { id } = await rosa.json<{ id: string }>("GET", "/api/login/account");
    await site.core.database.transaction(async (tx) => {
      const at = "2026-11-21T01:00:00.000Z";
      const key = {
        name: "Phone",
        public_key: "k",
        counter: 0,
        transports: "[]",
        aaguid: "",
        is_backed_up: 0 as const,
      };
      await tx
        .insertInto("passkeys")
        .values({ id: "c", representative: id, ...key, created_at: at, last_used_at: null })
        .execute();
      await tx.updateTable("representatives").set({ totp_secret: "sealed" }).where("id", "=", id).execute();
    });
    expect(await get(id)).toMatchObject({ passkeys: 1, hasAuthenticatorApp: true });
    await anna.json("DELETE", `${USERS}/${id}/second-proofs`);
    expect(await get(id)).toMatchObject({ passkeys: 0, hasAuthenticatorApp: false, isSignedIn: false });
    expect(await rosa.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
    expect((await historyOf(id))[0]).toMatchObject({
      action: "user.proofs-removed",
      detail: { passkeys: 1, hasAuthenticatorApp: true },
    });
  });

  test("a provider's account keeps its password there and is no break-glass account", async () => {
    const id = await addAccount(site.core, "external", {});
    const provider = await addProvider(site.core, { Staff: [id] });
    const { queries } = site.core.database;
    await queries.updateTable("representatives").set({ provider, password_hash: "" }).where("id", "=", id).execute();
    expect(await get(id)).toMatchObject({
      providerName: "Northmoor ID",
      externalGroups: ["Staff"],
      hasPassword: false,
    });
    for (const wish of [{ password: "another horse battery" }, { isBreakGlass: true }])
      expect(await anna.refusal("PATCH", `${USERS}/${id}`, { body: { version: 1, ...wish } })).toMatchObject({
        code: "request.conflict",
      });
    expect((await anna.json<List>("GET", `${USERS}?provider=${provider}`)).total).toBe(1);
    const { breakGlass } = await anna.json<List>("GET", USERS);
    const local = await addAccount(site.core, "glass", {});
    await change(local, { version: 1, isBreakGlass: true });
    expect((await anna.json<List>("GET", USERS)).breakGlass).toBe(breakGlass + 1);
  });

  test("SPOL-02 SPOL-05 attended and unattended session permissions are chosen each, and what is not for users is refused", async () => {
    const id = await addAccount(site.core, "chooser", {});
    const [day, night] = [await addSessionPolicy(site.core, {}), await addSessionPolicy(site.core, {})];
    const settings = {
      attendedSessionPolicy: { kind: "policy", id: day },
      unattendedSessionPolicy: { kind: "policy", id: night },
    };
    await change(id, { version: 1, settings });
    const { sessionLayers } = await site.core.policyBook.rightsOf(id);
    expect(sessionLayers.present).toMatchObject([{ source: { kind: "user" }, choice: { id: day } }]);
    expect(sessionLayers.absent).toMatchObject([{ source: { kind: "user" }, choice: { id: night } }]);
    const { queries } = site.core.database;
    await queries.updateTable("session_policies").set({ for_users: 0 }).where("id", "=", night).execute();
    const wish = { version: 2, settings: { attendedSessionPolicy: { kind: "policy", id: night } } };
    expect(await anna.refusal("PATCH", `${USERS}/${id}`, { body: wish })).toMatchObject({ code: "request.conflict" });
    await change(id, { version: 2, displayName: "Keeps what it had", settings });
  });

  test("what holds is told setting by setting with where it comes from", async () => {
    const id = await addAccount(site.core, "effective", { "session.join": true });
    await makePolicy(anna, "Desk", { settings: given("console.use", true), members: [member(id)] });
    const { settings } = await anna.json<EffectiveSettings>("GET", `${USERS}/${id}/effective`);
    const of = (name: string) => settings.find((setting) => setting.name === name);
    expect(of("console.use")).toMatchObject({
      value: true,
      source: { kind: "group-policy", policy: { name: "Desk" }, isFinal: true },
    });
    expect(of("session.join")).toMatchObject({ value: true, source: { kind: "user" } });
    expect(of("session.end")).toMatchObject({ value: false, source: { kind: "default" } });
    expect(await anna.json("GET", `${USERS}/choices`)).toMatchObject({ groupPolicies: [{ name: "Desk" }] });
  });

  test("a personal list goes with its owner, but not while Jump Items stand on it", async () => {
    const id = await addAccount(site.core, "owner", {});
    const list = await addJumpGroup(site.core, "Owner's list", id);
    const at = "2026-11-21T01:00:00.000Z";
    const installer = {
      id: "i",
      name: "",
      jump_group: list,
      tag: "",
      comments: "",
      token_hash: "t",
      created_by: id,
      created_at: at,
    };
    const { queries } = site.core.database;
    await queries
      .insertInto("installers")
      .values({ ...installer, expires_at: at, max_uses: null, uses: 0 })
      .execute();
    expect(await anna.refusal("DELETE", `${USERS}/${id}`)).toEqual({ status: 409, code: "request.conflict" });
    await queries.deleteFrom("installers").execute();
    await anna.json("DELETE", `${USERS}/${id}`);
    expect(await queries.selectFrom("jump_groups").select("id").where("id", "=", list).execute()).toEqual([]);
  });
});

describe("many accounts", () => {
  test("B7 ten thousand are searched in any script, filtered, sorted and paged", async () => {
    await using crowd = await startTestServer({ openRooms: noRooms });
    const ids = await addManyAccounts(crowd.core, 10_000, { "console.use": true });
    const berta = await crowd.administrator();
    await makePolicy(berta, "Half", { members: ids.slice(0, 5000).map(member) });
    const find = (query: string) => berta.json<List>("GET", `${USERS}?${query}`);
    expect(await find("search=özgür")).toMatchObject({ total: 1250 });
    expect(await find("search=ÖZGÜR person17")).toMatchObject({ total: 14 });
    expect(await find("search=анна person3@")).toMatchObject({ users: [{ displayName: "Анна 3" }] });
    expect(await find("search=person9999@northmoor")).toMatchObject({ total: 1 });
    expect(await find("search=*")).toMatchObject({ total: 0 });
    expect(await find("search=[a")).toMatchObject({ total: 0 });
    expect(await find("search=%25")).toMatchObject({ total: 0 });
    expect(await find("provider=local&status=active")).toMatchObject({ total: 10_001 });
    const { groupPolicies } = await berta.json<{ groupPolicies: { id: string }[] }>("GET", "/api/login/group-policies");
    const half = await find(`groupPolicy=${groupPolicies[0]!.id}&sort=username&limit=2`);
    expect(half).toMatchObject({ total: 5000, users: [{ username: "person0" }, { username: "person1" }] });
    const last = await find("sort=username&descending=true&limit=1&offset=1");
    expect(last.users.map(({ username }) => username)).toEqual(["person9998"]);
    for (const sort of ["name", "provider", "lastSeen", "created"])
      expect((await find(`sort=${sort}&limit=500&offset=9900`)).users).toHaveLength(101);
  });

  test("B7 the user account report tells of everybody, is written down, and no cell of it is a formula", async () => {
    await using crowd = await startTestServer({ openRooms: noRooms });
    await addManyAccounts(crowd.core, 450, { "console.use": true });
    const berta = await crowd.administrator();
    const response = await berta.request("GET", `${USERS}/report?format=csv`);
    expect(response.headers.get("content-disposition")).toMatch(/attachment; filename="causeway-users-[0-9-]+\.csv"/u);
    const lines = (await response.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(452);
    expect(lines[0]).toStartWith("username,displayName,");
    expect(lines.find((line) => line.startsWith("anna,"))).toContain(",local,active,true,");
    expect(lines.find((line) => line.startsWith("person7,"))).toContain(",'=cmd 7,");
    const json = await berta.request("GET", `${USERS}/report?format=json`);
    const rows = (await json.text()).trimEnd().split("\n");
    expect(JSON.parse(rows.at(-1)!)).toMatchObject({ username: "person99", permissions: ["console.use"] });
    const audit = await berta.json<{ rows: unknown[] }>("GET", "/api/login/audit?action=users.reported");
    expect(audit.rows).toHaveLength(2);
    const rosa = await crowd.representative("rosa", "representative", "login");
    expect(await rosa.refusal("GET", `${USERS}/report?format=csv`)).toMatchObject({ code: "permission.denied" });
  });
});
