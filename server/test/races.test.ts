import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DATABASE_FILE } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { GROUP_POLICIES, makePolicy, TEAMS, USERS } from "./account-scenes.ts";
import { openMailSink } from "./mail-sink.ts";
import { addJumpGroup, addRole } from "./policy-rows.ts";
import type { TestBrowser } from "./test-browser.ts";
import { addAccount, startTestServer, type TestServer } from "./test-server.ts";

/** Changes that come in together: each holds wholly or not at all, and what must stay true stays true. */
describe("two at once", () => {
  let site: TestServer;
  let anna: TestBrowser;
  beforeAll(async () => {
    site = await startTestServer();
    anna = await site.administrator();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const codesOf = async (answers: readonly Promise<{ code: string }>[]) =>
    (await Promise.all(answers)).map(({ code }) => code).toSorted();
  const made = (path: string, body: object) => anna.json<{ id: string }>("POST", path, body);

  /** One thing of each kind that keeps a version, with a change of it. */
  async function versioned(): Promise<{ path: string; change: () => object }[]> {
    const user = await addAccount(site.core, newId(), {});
    const team = await made(TEAMS, { name: newId(), comments: "", members: [] });
    const policy = await makePolicy(anna, newId());
    const role = await made("/api/login/jump-item-roles", { name: newId(), description: "", permissions: [] });
    const availability = { users: true, repInvite: false, jumpItems: true };
    const named = { displayName: newId(), description: "" };
    const rules = { grants: {}, prompting: null };
    const sessionPolicy = await made("/api/login/session-policies", { ...named, availability, rules });
    const display = () => ({ displayName: newId() });
    return [
      { path: `${USERS}/${user}`, change: display },
      { path: `${TEAMS}/${team.id}`, change: () => ({ name: newId() }) },
      { path: `${GROUP_POLICIES}/${policy.id}`, change: () => ({ name: newId() }) },
      { path: `/api/login/jump-item-roles/${role.id}`, change: () => ({ name: newId() }) },
      { path: `/api/login/session-policies/${sessionPolicy.id}`, change: display },
    ];
  }

  test("of two who change one thing they looked at together, one is told", async () => {
    for (const { path, change } of await versioned()) {
      const send = () => anna.refusal("PATCH", path, { body: { version: 1, ...change() } });
      expect({ path, codes: await codesOf([send(), send()]) }).toEqual({ path, codes: ["", "request.stale"] });
    }
  });

  test("of who deletes a thing and who gives it to somebody at that moment, one is told, and nothing dangles", async () => {
    const { core } = site;
    const user = await addAccount(core, newId(), {});
    const desks = await addJumpGroup(core, newId());
    const member = (group: string, who: string, role: string | null) =>
      anna.refusal("PUT", `/api/login/jump-groups/${group}/members/${who}`, { body: { role } });
    const policy = (wish: object) => {
      const empty = { description: "", settings: {}, members: [], jumpGroups: [], teams: [] };
      return anna.refusal("POST", GROUP_POLICIES, { body: { ...empty, name: newId(), ...wish } });
    };
    for (let round = 0; round < 8; round += 1) {
      const [first, second, third] = [await addRole(core), await addRole(core), await addRole(core)];
      const [group, other] = [await addJumpGroup(core, newId()), await addJumpGroup(core, newId())];
      const person = await addAccount(core, newId(), {});
      const setting = { systemJumpItemRole: { value: third, isFinal: false } };
      const pairs: readonly [string, () => Promise<{ status: number }>][] = [
        [`/api/login/jump-item-roles/${first}`, () => member(desks, user, first)],
        [`/api/login/jump-item-roles/${second}`, () => policy({ jumpGroups: [{ jumpGroup: desks, role: second }] })],
        [`/api/login/jump-item-roles/${third}`, () => policy({ settings: setting })],
        [`/api/login/jump-groups/${group}`, () => member(group, user, null)],
        [`/api/login/jump-groups/${other}`, () => policy({ jumpGroups: [{ jumpGroup: other, role: null }] })],
        [`${USERS}/${person}`, () => member(desks, person, null)],
      ];
      for (const [path, give] of pairs) {
        const [deleted, given] = await Promise.all([anna.refusal("DELETE", path), give()]);
        expect({ path, isPlain: deleted.status < 500 && given.status < 500 }).toEqual({ path, isPlain: true });
      }
      await member(desks, user, null);
    }
    expect(site.log.filter((line) => line.includes("a request failed"))).toEqual([]);
    using tables = new Sqlite(join(site.directory, DATABASE_FILE), { readonly: true });
    expect(tables.query("pragma foreign_key_check").all()).toEqual([]);
  }, 30_000);

  test("two administrators who disable each other leave one", async () => {
    const berta = await site.representative("berta", "administrator", "login");
    const idOf = async (browser: TestBrowser) => (await browser.json<{ id: string }>("GET", "/api/login/account")).id;
    const [annas, bertas] = [await idOf(anna), await idOf(berta)];
    const disable = (by: TestBrowser, id: string) =>
      by.refusal("PATCH", `${USERS}/${id}`, { body: { version: 1, isDisabled: true } });
    const [mine, hers] = await Promise.all([disable(anna, bertas), disable(berta, annas)]);
    expect([mine.status, hers.status].filter((status) => status === 200)).toHaveLength(1);
    const rows = await site.core.database.queries
      .selectFrom("representatives")
      .select("is_disabled")
      .where("id", "in", [annas, bertas])
      .execute();
    expect(rows.filter((row) => row.is_disabled === 0)).toHaveLength(1);
    const left = mine.status === 200 ? anna : berta;
    await left.json("PATCH", `${USERS}/${mine.status === 200 ? bertas : annas}`, { version: 2, isDisabled: false });
    if (left === berta) await anna.signIn("login", "anna", "correct horse battery staple");
  });

  test("a reset link sets one password, however many use it together", async () => {
    await using sink = await openMailSink();
    const server = { host: "127.0.0.1", port: sink.port, encryption: "none", from: "support@northmoor.example" };
    await anna.json("PATCH", "/api/login/email", { version: 1, ...server });
    const id = await addAccount(site.core, "carla", { "console.use": true });
    await anna.json("PATCH", `${USERS}/${id}`, { version: 1, email: "carla@northmoor.example" });
    await anna.json("POST", `${USERS}/${id}/reset-link`);
    const message = (await sink.next()).replaceAll("=\r\n", "");
    const token = /reset-password#([A-Za-z0-9_-]{43})/u.exec(message)![1]!;
    const use = (password: string) =>
      site.browser().refusal("POST", "/api/login/reset-password", { body: { token, password } });
    const codes = await codesOf(["one", "two", "three"].map((word) => use(`a wholly new password ${word}`)));
    expect(codes).toEqual(["", "reset_link.invalid", "reset_link.invalid"]);
  });
});
