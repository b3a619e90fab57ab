import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { EffectiveSettings, GroupPolicy, GroupPolicyRow } from "../../protocol/api/users.ts";
import type { Static } from "@sinclair/typebox";
import {
  addManyAccounts,
  addProvider,
  denied,
  given,
  GROUP_POLICIES,
  makePolicy,
  member,
  USERS,
} from "../test/account-scenes.ts";
import { addJumpGroup, addRole, addTeam } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

let site: TestServer;
let anna: TestBrowser;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
});
afterAll(() => site[Symbol.asyncDispose]());

const get = (id: string) => anna.json<GroupPolicy>("GET", `${GROUP_POLICIES}/${id}`);
const list = async () =>
  (await anna.json<{ groupPolicies: Static<typeof GroupPolicyRow>[] }>("GET", GROUP_POLICIES)).groupPolicies;
async function effective(user: string, name: string) {
  const { settings } = await anna.json<EffectiveSettings>("GET", `${USERS}/${user}/effective`);
  const { value, source } = settings.find((setting) => setting.name === name)!;
  return { value, source };
}
async function clear(): Promise<void> {
  for (const { id } of await list()) await anna.json("DELETE", `${GROUP_POLICIES}/${id}`);
}

describe("group policies", () => {
  test("B9 they are made, changed, copied and deleted; each step is in their history with before and after", async () => {
    const rosa = await addAccount(site.core, "rosa", {});
    const desk = await makePolicy(anna, "Service desk", { settings: given("console.use"), members: [member(rosa)] });
    expect(desk).toMatchObject({ name: "Service desk", position: 1, members: 1, membersInSession: 0 });
    const changed = await anna.json<GroupPolicy>("PATCH", `${GROUP_POLICIES}/${desk.id}`, {
      version: desk.version,
      description: "First line",
      settings: { ...given("console.use", true), ...given("session.join") },
    });
    expect(changed).toMatchObject({ description: "First line", version: desk.version + 1 });
    const copy = await anna.json<GroupPolicy>("POST", `${GROUP_POLICIES}/${desk.id}/copy`, { name: "Second line" });
    expect(copy).toMatchObject({ name: "Second line", position: 2, members: 0, settings: changed.settings });
    const { rows } = await anna.json<{ rows: { action: string; detail: Record<string, unknown> }[] }>(
      "GET",
      `${GROUP_POLICIES}/${desk.id}/history`,
    );
    expect(rows.map(({ action }) => action)).toEqual(["group-policy.changed", "group-policy.created"]);
    expect(rows[0]!.detail).toEqual({
      description: { before: "", after: "First line" },
      settings: {
        "console.use": { before: { value: true, isFinal: false }, after: { value: true, isFinal: true } },
        "session.join": { before: null, after: { value: true, isFinal: false } },
      },
    });
    await clear();
    expect(await anna.refusal("GET", `${GROUP_POLICIES}/${desk.id}`)).toEqual({ status: 404, code: "not_found" });
  });

  test("B9 a lower policy overrides an upper one unless that is final, and the order can be changed", async () => {
    const user = await addAccount(site.core, "ordered", {});
    const upper = await makePolicy(anna, "Upper", { settings: given("audit.view"), members: [member(user)] });
    const lower = await makePolicy(anna, "Lower", { settings: denied("audit.view"), members: [member(user)] });
    expect(await effective(user, "audit.view")).toMatchObject({ value: false, source: { policy: { name: "Lower" } } });
    await anna.json("PUT", `${GROUP_POLICIES}/order`, { ids: [lower.id, upper.id] });
    expect((await list()).map(({ name, position }) => [name, position])).toEqual([
      ["Lower", 1],
      ["Upper", 2],
    ]);
    expect(await effective(user, "audit.view")).toMatchObject({ value: true, source: { policy: { name: "Upper" } } });
    const body = { version: lower.version, settings: denied("audit.view", true) };
    await anna.json("PATCH", `${GROUP_POLICIES}/${lower.id}`, body);
    expect(await effective(user, "audit.view")).toMatchObject({ value: false, source: { isFinal: true } });
    for (const ids of [[upper.id], [upper.id, upper.id], [upper.id, lower.id, "A".repeat(22)]])
      expect(await anna.refusal("PUT", `${GROUP_POLICIES}/order`, { body: { ids } })).toMatchObject({
        code: "request.stale",
      });
    await clear();
  });

  test("a second administrator who has not seen the first one's change is told who made it and when", async () => {
    const berta = await site.representative("berta", "administrator", "login");
    const { id, version } = await makePolicy(anna, "Two of us");
    await berta.json("PATCH", `${GROUP_POLICIES}/${id}`, { version, description: "Berta was here" });
    const path = `${GROUP_POLICIES}/${id}`;
    const response = await anna.request("PATCH", path, { body: { version, description: "Anna was here" } });
    expect(response.status).toBe(409);
    const refusal = (await response.json()) as { code: string; message: string };
    expect(refusal.code).toBe("request.stale");
    expect(refusal.message).toMatch(/^Two of us was changed by berta on \d{4}-\d{2}-\d{2} at \d{2}:\d{2}:\d{2} UTC/u);
    expect(await get(id)).toMatchObject({ description: "Berta was here" });
    await clear();
  });

  test("GROUP-10 a provider's group brings its people into the policy, its Jump Groups and its teams", async () => {
    const { core } = site;
    const [named, brought] = [await addAccount(core, "named", {}), await addAccount(core, "brought", {})];
    const provider = await addProvider(core, { Support: [brought, named], Sales: [named] });
    const role = await addRole(core, "jump-items.view", "session.start");
    const [desks, kiosks] = [await addJumpGroup(core, "All desks"), await addJumpGroup(core, "Kiosks")];
    const team = await addTeam(core, { account: await addAccount(core, "lead", {}), role: "lead" }, named);
    const { id } = await makePolicy(anna, "By group", {
      members: [member(named), { kind: "provider-group", provider, group: "Support" }],
      jumpGroups: [
        { jumpGroup: desks, role },
        { jumpGroup: kiosks, role: null },
      ],
      teams: [{ team, role: "member" }],
    });
    expect(await get(id)).toMatchObject({
      members: 2,
      memberList: [
        { kind: "user", user: named, name: "named" },
        { kind: "provider-group", providerName: "Northmoor ID", group: "Support" },
      ],
    });
    expect((await list()).map(({ members }) => members)).toEqual([2]);
    const { jumpGroups } = await anna.json<EffectiveSettings>("GET", `${USERS}/${brought}/effective`);
    expect(jumpGroups).toMatchObject([
      { jumpGroup: { name: "All desks" }, role: { id: role }, by: { kind: "group-policy", policy: { id } } },
      { jumpGroup: { name: "Kiosks" }, role: null },
    ]);
    expect(await anna.json("GET", `${USERS}/${brought}`)).toMatchObject({ teams: [{ id: team, role: "member" }] });
    await clear();
  });

  test("what is not there any more, a personal list and a taken name are refused, and nothing is half done", async () => {
    const owner = await addAccount(site.core, "owner", {});
    const personal = await addJumpGroup(site.core, "Owner's list", owner);
    const gone = "G".repeat(22);
    const { id, version } = await makePolicy(anna, "Whole");
    const wishes = [
      { members: [member(gone)] },
      { members: [{ kind: "provider-group", provider: gone, group: "x" }] },
      { jumpGroups: [{ jumpGroup: gone, role: null }] },
      { jumpGroups: [{ jumpGroup: personal, role: null }] },
      { teams: [{ team: gone, role: "lead" }] },
      { settings: { systemJumpItemRole: { value: gone, isFinal: false } } },
      { settings: { attendedSessionPolicy: { value: { kind: "policy", id: gone }, isFinal: false } } },
    ];
    for (const wish of wishes) {
      const body = { version, description: "half", ...wish };
      expect(await anna.refusal("PATCH", `${GROUP_POLICIES}/${id}`, { body })).toMatchObject({
        code: "request.conflict",
      });
    }
    expect(await get(id)).toMatchObject({ description: "", version });
    await makePolicy(anna, "Taken");
    const body = { version, name: "TAKEN" };
    expect(await anna.refusal("PATCH", `${GROUP_POLICIES}/${id}`, { body })).toMatchObject({
      code: "request.conflict",
    });
    const timeZone = { timeZone: "Northmoor/Nowhere", windows: [] };
    const settings = { signInSchedule: { value: timeZone, isFinal: false } };
    expect(await anna.refusal("PATCH", `${GROUP_POLICIES}/${id}`, { body: { version, settings } })).toMatchObject({
      code: "request.invalid",
    });
    await clear();
  });

  test("five thousand people with names of every script are members, and changing one of them says so", async () => {
    const ids = await addManyAccounts(site.core, 5000);
    const { id, version } = await makePolicy(anna, "Tout le monde 世界 🌍", { members: ids.map(member) });
    expect(await get(id)).toMatchObject({ members: 5000, name: "Tout le monde 世界 🌍" });
    const body = { version, members: ids.slice(1).map(member) };
    expect(await anna.json("PATCH", `${GROUP_POLICIES}/${id}`, body)).toMatchObject({ members: 4999 });
    const { rows } = await anna.json<{ rows: { detail: unknown }[] }>("GET", `${GROUP_POLICIES}/${id}/history?limit=1`);
    expect(rows[0]!.detail).toEqual({
      members: { set: {}, setCount: 0, removed: ["Zoë 0"], removedCount: 1 },
    });
    await anna.json("DELETE", `${USERS}/${ids[1]!}`);
    expect(await get(id)).toMatchObject({ members: 4998 });
    await clear();
  });
});
