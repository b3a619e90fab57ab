import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { GroupPolicyPreview } from "../../protocol/api/users.ts";
import { denied, given, GROUP_POLICIES, makePolicy, type MadePolicy, member, USERS } from "../test/account-scenes.ts";
import { addJumpGroup, addMember, addRole } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

let site: TestServer;
let anna: TestBrowser;
let annaId: string;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
  annaId = (await anna.json<{ id: string }>("GET", "/api/login/account")).id;
});
afterAll(() => site[Symbol.asyncDispose]());

const conflict = { status: 409, code: "request.conflict" };
const notHeld = { status: 403, code: "permission.not_held" };

describe("the last administrator", () => {
  /** Anna is an administrator by the policy alone. */
  async function onlyByPolicy(): Promise<{ policy: MadePolicy; user: () => Promise<{ version: number }> }> {
    const policy = await makePolicy(anna, "Administrators", {
      settings: given("site.administer"),
      members: [member(annaId)],
    });
    const user = () => anna.json<{ version: number }>("GET", `${USERS}/${annaId}`);
    const { version } = await user();
    await anna.json("PATCH", `${USERS}/${annaId}`, { version, settings: {} });
    return { policy, user };
  }
  async function again({ policy, user }: Awaited<ReturnType<typeof onlyByPolicy>>): Promise<void> {
    const { version } = await user();
    await anna.json("PATCH", `${USERS}/${annaId}`, { version, settings: { "site.administer": true } });
    await anna.json("DELETE", `${GROUP_POLICIES}/${policy.id}`);
  }

  test("B9 keeps the right whatever takes it: members, settings, order, deleting the policy, the account's own no", async () => {
    const scene = await onlyByPolicy();
    const { policy, user } = scene;
    const path = `${GROUP_POLICIES}/${policy.id}`;
    const { version } = policy;
    expect(await anna.refusal("PATCH", path, { body: { version, members: [] } })).toEqual(conflict);
    expect(await anna.refusal("PATCH", path, { body: { version, settings: {} } })).toEqual(conflict);
    expect(await anna.refusal("PATCH", path, { body: { version, settings: denied("site.administer") } })).toEqual(
      conflict,
    );
    expect(await anna.refusal("DELETE", path)).toEqual(conflict);
    const own = { version: (await user()).version, settings: { "site.administer": false } };
    expect(await anna.refusal("PATCH", `${USERS}/${annaId}`, { body: own })).toEqual(conflict);
    const no = await makePolicy(anna, "No", { settings: denied("site.administer"), members: [] });
    await anna.json("PUT", `${GROUP_POLICIES}/order`, { ids: [no.id, policy.id] });
    await anna.json("PATCH", `${GROUP_POLICIES}/${no.id}`, { version: no.version, members: [member(annaId)] });
    const back = { body: { ids: [policy.id, no.id] } };
    expect(await anna.refusal("PUT", `${GROUP_POLICIES}/order`, back)).toEqual(conflict);
    await anna.json("DELETE", `${GROUP_POLICIES}/${no.id}`);
    await again(scene);
  });

  test("another administrator who is disabled, expired or without a way in is none, and one who can sign in is enough", async () => {
    const scene = await onlyByPolicy();
    const path = `${GROUP_POLICIES}/${scene.policy.id}`;
    const berta = await addAccount(site.core, "berta", "administrator");
    const change = { version: 1, expiresAt: "2020-01-01T00:00:00Z" };
    await anna.json("PATCH", `${USERS}/${berta}`, change);
    const members = { body: { version: scene.policy.version, members: [] } };
    expect(await anna.refusal("PATCH", path, members)).toEqual(conflict);
    await anna.json("PATCH", `${USERS}/${berta}`, { version: 2, expiresAt: null, isDisabled: true });
    expect(await anna.refusal("PATCH", path, members)).toEqual(conflict);
    await anna.json("PATCH", `${USERS}/${berta}`, { version: 3, isDisabled: false });
    const asked = { changes: { members: [] } };
    expect(await anna.json<GroupPolicyPreview>("POST", `${path}/preview`, asked)).toMatchObject({
      takesLastAdministrator: false,
      askerLoses: ["site.administer"],
    });
    await anna.json("DELETE", `${USERS}/${berta}`);
    const { queries } = site.core.database;
    await queries.insertInto("settings").values({ name: "isProviderOnly", value: "true" }).execute();
    const glass = await addAccount(site.core, "glass", "administrator");
    expect(await anna.refusal("PATCH", path, members)).toEqual(conflict);
    await queries.updateTable("representatives").set({ is_break_glass: 1 }).where("id", "=", glass).execute();
    expect(await anna.json<GroupPolicyPreview>("POST", `${path}/preview`, asked)).toMatchObject({
      takesLastAdministrator: false,
    });
    await queries.deleteFrom("settings").where("name", "=", "isProviderOnly").execute();
    await anna.json("DELETE", `${USERS}/${glass}`);
    expect(await anna.json<GroupPolicyPreview>("POST", `${path}/preview`, asked)).toMatchObject({
      takesLastAdministrator: true,
    });
    await again(scene);
  });
});

describe("NA11 nobody gives what they do not hold", () => {
  const held: DefinedSettings = {
    "group-policies.view": true,
    "group-policies.edit": true,
    "users.view": true,
    "users.edit": true,
    "console.use": true,
  };
  let vera: TestBrowser;
  let veraId: string;
  let friend: string;
  let count = 0;
  beforeEach(async () => {
    count += 1;
    vera = await site.representative(`vera${count}`, held, "login");
    veraId = (await vera.json<{ id: string }>("GET", "/api/login/account")).id;
    friend = await addAccount(site.core, `friend${count}`, {});
  });

  test("NA11 in a group policy: not by settings, by members, by copying, by order, by deleting, by Jump Groups", async () => {
    const own = await makePolicy(vera, `Own ${count}`, { settings: given("console.use"), members: [member(friend)] });
    const path = `${GROUP_POLICIES}/${own.id}`;
    const { version } = own;
    const refusedWishes = [
      { settings: given("audit.view") },
      { settings: denied("audit.view") },
      { settings: given("site.administer") },
      {
        settings: {
          attendedSessionPolicy: { value: { kind: "custom", rules: { grants: {}, prompting: null } }, isFinal: false },
        },
      },
      { jumpGroups: [{ jumpGroup: await addJumpGroup(site.core, `Desks ${count}`), role: null }] },
    ];
    for (const wish of refusedWishes)
      expect(await vera.refusal("PATCH", path, { body: { version, ...wish } })).toEqual(notHeld);

    const strong = await makePolicy(anna, `Strong ${count}`, { settings: given("audit.view") });
    const strongPath = `${GROUP_POLICIES}/${strong.id}`;
    const members = [member(veraId)];
    expect(await vera.refusal("PATCH", strongPath, { body: { version: strong.version, members } })).toEqual(notHeld);
    expect(await vera.refusal("POST", `${strongPath}/preview`, { body: { changes: { members } } })).toEqual(notHeld);
    expect(await vera.refusal("POST", `${strongPath}/copy`, { body: { name: "Mine" } })).toEqual(notHeld);
    expect(await vera.refusal("DELETE", strongPath)).toEqual(notHeld);
    const { groupPolicies } = await vera.json<{ groupPolicies: { id: string }[] }>("GET", GROUP_POLICIES);
    const ids = groupPolicies.map(({ id }) => id).toReversed();
    expect(await vera.refusal("PUT", `${GROUP_POLICIES}/order`, { body: { ids } })).toEqual(notHeld);
    await vera.json("PATCH", strongPath, { version: strong.version, description: "A word is free" });
    const { rows } = await anna.json<{ rows: unknown[] }>(
      "GET",
      "/api/login/audit?search=audit.view&action=group-policy.changed",
    );
    expect(rows).toEqual([]);
  });

  test("NA11 for an account: not by its settings, its roles, nor by taking over one that may do more", async () => {
    const path = `${USERS}/${friend}`;
    for (const settings of [{ "audit.view": true }, { "audit.view": false }, { "site.administer": true }])
      expect(await vera.refusal("PATCH", path, { body: { version: 1, settings } })).toEqual(notHeld);
    const role = await addRole(site.core, "jump-items.view", "session.start");
    const settings = { systemJumpItemRole: role };
    expect(await vera.refusal("PATCH", path, { body: { version: 1, settings } })).toEqual(notHeld);
    expect(
      await vera.refusal("PATCH", `${USERS}/${veraId}`, { body: { version: 1, settings: { ...held, ...settings } } }),
    ).toEqual(notHeld);
    const stranger = { username: `new${count}`, displayName: "New", password: "another horse battery" };
    expect(await vera.refusal("POST", USERS, { body: { ...stranger, settings } })).toEqual(notHeld);
    expect(await vera.refusal("POST", USERS, { body: { ...stranger, settings: {}, isBreakGlass: true } })).toEqual(
      notHeld,
    );
    await vera.json("POST", USERS, { ...stranger, settings: { "console.use": true } });
    await vera.json("PATCH", path, {
      version: 1,
      settings: { "console.use": true },
      password: "another horse battery",
    });

    const auditor = await addAccount(site.core, `auditor${count}`, { "audit.view": true });
    for (const take of [{ password: "another horse battery" }, { email: "vera@northmoor.example" }])
      expect(await vera.refusal("PATCH", `${USERS}/${auditor}`, { body: { version: 1, ...take } })).toEqual(notHeld);
    expect(await vera.refusal("DELETE", `${USERS}/${auditor}/second-proofs`)).toEqual(notHeld);
    await vera.json("PATCH", `${USERS}/${auditor}`, { version: 1, displayName: "A name is free" });
    for (const [method, end] of [
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/sign-out"],
      ["POST", "/unlock"],
    ] as const) {
      const body = method === "PATCH" ? { body: { version: 1, displayName: "No" } } : {};
      expect(await vera.refusal(method, `${USERS}/${annaId}${end}`, body)).toMatchObject({
        code: "permission.not_held",
      });
    }
  });

  test("NA11 a Jump Item Role is given by who has as much of it in the same place", async () => {
    const little = await addRole(site.core, "jump-items.view");
    const much = await addRole(site.core, "jump-items.view", "session.start");
    const lena = await site.representative(`lena${count}`, { ...held, systemJumpItemRole: little }, "login");
    const wish = (role: string | null) => ({ body: { version: 1, settings: { systemJumpItemRole: role } } });
    expect(await lena.refusal("PATCH", `${USERS}/${friend}`, wish(much))).toEqual(notHeld);
    expect(
      await lena.refusal("PATCH", `${USERS}/${friend}`, {
        body: { version: 1, settings: { personalJumpItemRole: little } },
      }),
    ).toEqual(notHeld);
    expect((await lena.refusal("PATCH", `${USERS}/${friend}`, wish(little))).status).toBe(200);
  });

  test("NA11 an account's own weak role that hides a stronger one stays, and a default role counts where it is used", async () => {
    const little = await addRole(site.core, "jump-items.view");
    const much = await addRole(site.core, "jump-items.view", "session.start");
    const roles = { systemJumpItemRole: little, defaultJumpItemRole: much };
    const lena = await site.representative(`lena${count}`, { ...held, ...roles }, "login");
    const lenaId = (await lena.json<{ id: string }>("GET", "/api/login/account")).id;
    const strong = { systemJumpItemRole: { value: much, isFinal: false } };
    await makePolicy(anna, `Hidden ${count}`, { settings: strong, members: [member(lenaId)] });
    const patch = (id: string, settings: DefinedSettings) =>
      lena.refusal("PATCH", `${USERS}/${id}`, { body: { version: 1, settings } });
    expect(await patch(lenaId, { ...held, defaultJumpItemRole: much })).toEqual(notHeld);
    const group = await addJumpGroup(site.core, `Archive ${count}`);
    await addMember(site.core, group, friend, null);
    expect(await patch(friend, { defaultJumpItemRole: much })).toEqual(notHeld);
    await addMember(site.core, group, lenaId, null);
    expect(await patch(friend, { defaultJumpItemRole: much })).toMatchObject({ status: 200 });
  });
});
