import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { JumpGroupMember, JumpGroupMembers } from "../../protocol/api/policies.ts";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { newId } from "../new-id.ts";
import { START_SESSIONS_ROLE } from "../policy/built-in-roles.ts";
import { lastAudit } from "../test/last-audit.ts";
import { addJumpGroup, addRole } from "../test/policy-rows.ts";
import { addAccount, PASSWORD } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
let path: string;
let group: string;
let helper: string;
beforeAll(async () => {
  site = await startTestSite();
  helper = await addRole(site.server.core, "jump-items.view", "jump-items.edit-tag");
});
afterAll(() => site[Symbol.asyncDispose]());
beforeEach(async () => {
  group = await addJumpGroup(site.server.core, `Group ${newId()}`);
  path = `/api/login/jump-groups/${group}/members`;
});

const list = (query = "", browser: TestBrowser = site.admin): Promise<JumpGroupMembersBody> =>
  browser.json<JumpGroupMembersBody>("GET", `${path}${query}`);
type JumpGroupMembersBody = typeof JumpGroupMembers.static;
const account = (settings: DefinedSettings = {}): Promise<string> =>
  addAccount(site.server.core, `user-${newId()}`, settings);
const set = (user: string, role: string | null) => site.admin.json("PUT", `${path}/${user}`, { role });
const member = async (user: string): Promise<JumpGroupMember | undefined> =>
  (await list("?limit=500")).members.find((one) => one.user === user);

/** A group policy that puts these people into the Jump Group. */
async function groupPolicy(members: readonly string[], role: string | null): Promise<{ id: string; name: string }> {
  const name = `Policy ${newId()}`;
  const asked = {
    ...{ name, description: "", settings: {}, teams: [] },
    members: members.map((user) => ({ kind: "user", user })),
    jumpGroups: [{ jumpGroup: group, role }],
  };
  const { id } = await site.admin.json<{ id: string }>("POST", "/api/login/group-policies", asked);
  return { id, name };
}

describe("who is in a Jump Group", () => {
  test("GROUP-04 GROUP-05 somebody is put in with a role there or with their default role, and taken out again", async () => {
    const user = await account({ "console.use": true, defaultJumpItemRole: START_SESSIONS_ROLE });
    expect(await member(user)).toBeUndefined();
    await set(user, helper);
    expect(await member(user)).toMatchObject({
      role: { id: helper },
      by: { kind: "jump-group", usesDefaultRole: false },
      isEditable: true,
    });
    await set(user, null);
    expect(await member(user)).toMatchObject({
      role: { id: START_SESSIONS_ROLE },
      by: { kind: "jump-group", usesDefaultRole: true },
    });
    expect((await lastAudit(site.admin, "jump-group.member-set")).detail["role"]).toEqual({
      before: helper,
      after: "default role",
    });
    await site.admin.json("DELETE", `${path}/${user}`);
    expect(await member(user)).toBeUndefined();
    expect((await site.admin.refusal("DELETE", `${path}/${user}`)).code).toBe("not_found");
  });

  test("GROUP-07 who came by a group policy or by a system role cannot be changed or taken out here", async () => {
    const [byPolicy, bySystem] = [await account(), await account({ systemJumpItemRole: START_SESSIONS_ROLE })];
    const policy = await groupPolicy([byPolicy], helper);
    expect(await member(byPolicy)).toMatchObject({ by: { kind: "group-policy", policy }, isEditable: false });
    expect(await member(bySystem)).toMatchObject({ by: { kind: "system-role" }, isEditable: false });
    for (const user of [byPolicy, bySystem])
      expect((await site.admin.refusal("DELETE", `${path}/${user}`)).code).toBe("not_found");
  });

  test("GROUP-03 GROUP-10 group policies that put people in are listed with the role they give", async () => {
    const [one, other] = [await account({ "console.use": true }), await account()];
    const policy = await groupPolicy([one, other], helper);
    const { groupPolicies, members } = await list("?limit=500");
    expect(groupPolicies).toEqual([{ ...policy, role: { id: helper, name: helper }, change: "add", isFinal: false }]);
    for (const user of [one, other]) expect(members.some((found) => found.user === user)).toBe(true);
  });

  test("GROUP-09 a role given here wins over a group policy's, and is taken away again alone", async () => {
    const user = await account();
    const policy = await groupPolicy([user], START_SESSIONS_ROLE);
    await set(user, helper);
    expect(await member(user)).toMatchObject({ role: { id: helper }, by: { kind: "jump-group" }, isEditable: true });
    await site.admin.json("DELETE", `${path}/${user}`);
    expect(await member(user)).toMatchObject({ by: { kind: "group-policy", policy }, isEditable: false });
  });

  test("ROLE-02 GROUP-04 a role given here lets see and change just this Jump Group's Jump Items at once", async () => {
    const name = `user-${newId()}`;
    const user = await addAccount(site.server.core, name, { "console.use": true });
    const browser = site.server.browser();
    await browser.signIn("console", name, PASSWORD);
    const { agent } = await site.jumpClient();
    const list = (): Promise<Response> => browser.request("GET", "/api/console/jump-items");
    const change = (changes: object) =>
      browser.refusal("PATCH", "/api/console/jump-items", { body: { ids: [agent.jumpClient], changes } });
    expect((await list()).status).toBe(403);
    await site.admin.json("PUT", `/api/login/jump-groups/${site.jumpGroup}/members/${user}`, { role: helper });
    const { rows } = (await (await list()).json()) as { rows: { id: string }[] };
    expect(rows.map(({ id }) => id)).toEqual([agent.jumpClient]);
    expect((await change({ tag: "attic" })).code).toBe("");
    expect((await change({ comments: "no" })).code).toBe("permission.denied");
    await site.admin.json("DELETE", `/api/login/jump-groups/${site.jumpGroup}/members/${user}`);
    expect((await list()).status).toBe(403);
  });

  test("NA11 who manages Jump Groups gives no role that allows more than their own there", async () => {
    const name = `user-${newId()}`;
    const own = { "jump-groups.manage": true, "console.use": true, systemJumpItemRole: START_SESSIONS_ROLE };
    const manager = await addAccount(site.server.core, name, own);
    const browser = site.server.browser();
    await browser.signIn("login", name, PASSWORD);
    const give = async (user: string, role: string | null) =>
      (await browser.refusal("PUT", `${path}/${user}`, { body: { role } })).code;
    expect(await give(manager, helper)).toBe("permission.not_held");
    expect(await give(await account({ defaultJumpItemRole: helper }), null)).toBe("permission.not_held");
    expect(await give(await account(), START_SESSIONS_ROLE)).toBe("");
  });

  test("what is not there is refused: Jump Group, account, role, personal list", async () => {
    const [user, nothing] = [await account(), "A".repeat(21) + "B"];
    const put = async (where: string, who: string, role: string | null) =>
      (await site.admin.refusal("PUT", `/api/login/jump-groups/${where}/members/${who}`, { body: { role } })).code;
    expect(await put(nothing, user, null)).toBe("not_found");
    expect(await put(group, nothing, null)).toBe("not_found");
    expect(await put(group, user, nothing)).toBe("request.conflict");
    const personal = await addJumpGroup(site.server.core, `List ${newId()}`, user);
    expect(await put(personal, user, null)).toBe("not_found");
  });
});

describe("with 10,000 accounts", () => {
  const MANY = 10_000;

  test("GROUP-05 GROUP-06 members are shown page by page and found by name, quickly, while others have their turns", async () => {
    await insertAccounts(MANY);
    const started = performance.now();
    let latest = 0;
    let before = performance.now();
    const beat = setInterval(() => {
      latest = Math.max(latest, performance.now() - before - 5);
      before = performance.now();
    }, 5);
    const first = await list("?limit=100");
    clearInterval(beat);
    const tookMs = performance.now() - started;
    expect(first.total).toBeGreaterThanOrEqual(MANY);
    expect(first.members.length).toBe(100);
    const found = await list("?search=crowd 00042");
    expect(found.members.map(({ name }) => name)).toEqual(["Crowd 00042"]);
    const second = await list("?search=crowd&offset=100&limit=2");
    expect([second.total, second.members.map(({ name }) => name)]).toEqual([MANY, ["Crowd 00100", "Crowd 00101"]]);
    expect((await list("?search=100%25")).total).toBe(0);
    expect(tookMs).toBeLessThan(3000);
    expect(latest).toBeLessThan(250);
  });
});

/** Accounts that a system role brings into every Jump Group. */
async function insertAccounts(count: number): Promise<void> {
  const { database, policyBook } = site.server.core;
  const settings = JSON.stringify({ systemJumpItemRole: START_SESSIONS_ROLE } satisfies DefinedSettings);
  const at = "2026-11-21T00:00:00.000Z";
  const rows = Array.from({ length: count }, (_, index) => ({
    ...{ id: newId<string>(), username: `crowd-${index}`, display_name: `Crowd ${String(index).padStart(5, "0")}` },
    ...{ password_hash: "", is_disabled: 0 as const, failed_sign_ins: 0, password_changed_at: at, created_at: at },
    settings,
  }));
  await database.transaction(async (tx) => {
    for (let first = 0; first < rows.length; first += 1000)
      await tx
        .insertInto("representatives")
        .values(rows.slice(first, first + 1000))
        .execute();
  });
  await policyBook.changed();
}
