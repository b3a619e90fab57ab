import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { DefinedSettings, PolicySettings } from "../../protocol/account-settings.ts";
import { addProvider, GROUP_POLICIES, makePolicy, type MadePolicy, member } from "../test/account-scenes.ts";
import { addJumpGroup, addMember, addRole } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

let site: TestServer;
let anna: TestBrowser;
let little: string;
let much: string;
let provider: string;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
  little = await addRole(site.core, "jump-items.view");
  much = await addRole(site.core, "jump-items.view", "session.start");
  provider = await addProvider(site.core, {});
});
afterAll(() => site[Symbol.asyncDispose]());

const notHeld = { status: 403, code: "permission.not_held" };
const done = { status: 200, code: "" };
const managing: DefinedSettings = {
  "group-policies.view": true,
  "group-policies.edit": true,
  "jump-groups.manage": true,
};
const system = (role: string): PolicySettings => ({ systemJumpItemRole: { value: role, isFinal: false } });
const pathOf = ({ id }: { readonly id: string }) => `${GROUP_POLICIES}/${id}`;

let vera: TestBrowser;
let veraId: string;
let friend: string;
let finance: string;
let count = 0;
/** Vera may do little anywhere; in Finance she is by a role given on its page. */
beforeEach(async () => {
  count += 1;
  vera = await site.representative(`vera${count}`, { ...managing, systemJumpItemRole: little }, "login");
  veraId = (await vera.json<{ id: string }>("GET", "/api/login/account")).id;
  friend = await addAccount(site.core, `friend${count}`, {});
  finance = await addJumpGroup(site.core, `Finance ${count}`);
  await addMember(site.core, finance, veraId, little);
});

const wish = (change: object) => ({
  body: {
    ...{ description: "", settings: {}, members: [], jumpGroups: [], teams: [] },
    name: `New ${(count += 1)}`,
    ...change,
  },
});
const patch = (policy: MadePolicy, change: object) =>
  vera.refusal("PATCH", pathOf(policy), { body: { version: policy.version, ...change } });

describe("NA11 nobody comes to a stronger Jump Item Role by a weaker one that goes", () => {
  test("NA11 not by emptying a group policy, taking people out or deleting it, nor by trying that in a preview", async () => {
    const both = [member(friend), member(veraId)];
    await makePolicy(anna, `Strong ${count}`, { settings: system(much), members: both });
    const weak = await makePolicy(anna, `Weak ${count}`, { settings: system(little), members: both });
    expect(await patch(weak, { settings: {} })).toEqual(notHeld);
    expect(await patch(weak, { members: [] })).toEqual(notHeld);
    expect(await vera.refusal("DELETE", pathOf(weak))).toEqual(notHeld);
    for (const asked of [{ changes: { settings: {} } }, { changes: {}, isDeleted: true }])
      expect(await vera.refusal("POST", `${pathOf(weak)}/preview`, { body: asked })).toEqual(notHeld);
    expect(await patch(weak, { description: "A word is free" })).toEqual(done);
  });

  test("NA11 not by a weak policy that trades places with another weak one around a strong one", async () => {
    const first = await makePolicy(anna, `First ${count}`, { settings: system(little), members: [member(veraId)] });
    const strong = await makePolicy(anna, `Strong ${count}`, { settings: system(much), members: [member(friend)] });
    const weak = await makePolicy(anna, `Weak ${count}`, { settings: system(little), members: [member(friend)] });
    const { groupPolicies } = await vera.json<{ groupPolicies: { id: string }[] }>("GET", GROUP_POLICIES);
    const others = groupPolicies.map(({ id }) => id).slice(0, -3);
    const order = (...ids: string[]) =>
      vera.refusal("PUT", `${GROUP_POLICIES}/order`, { body: { ids: [...others, ...ids] } });
    expect(await order(weak.id, strong.id, first.id)).toEqual(notHeld);
    await anna.json("PUT", `${GROUP_POLICIES}/order`, { ids: [...others, weak.id, strong.id, first.id] });
    expect(await order(first.id, strong.id, weak.id)).toEqual(done);
  });

  test("NA11 not by taking somebody out of a Jump Group where they may do less than elsewhere", async () => {
    const strong = await addAccount(site.core, `strong${count}`, { systemJumpItemRole: much });
    await makePolicy(anna, `Less ${count}`, {
      members: [member(strong)],
      jumpGroups: [{ jumpGroup: finance, role: little }],
    });
    const out = { jumpGroups: [{ jumpGroup: finance, role: null, change: "remove" }] };
    expect(await vera.refusal("POST", GROUP_POLICIES, wish({ ...out, members: [member(strong)] }))).toEqual(notHeld);
    expect(await vera.refusal("POST", GROUP_POLICIES, wish({ ...out, members: [member(friend)] }))).toEqual(done);
  });
});

describe("NA11 the default role in a Jump Group is each member's own, not the giver's", () => {
  const inFinance = () => ({ jumpGroups: [{ jumpGroup: finance, role: null }] });

  test("NA11 whose default role allows more than the giver's role there is not put in, whoever else is", async () => {
    const strong = await addAccount(site.core, `strong${count}`, { defaultJumpItemRole: much });
    const weak = await addAccount(site.core, `weak${count}`, { defaultJumpItemRole: little });
    expect(await vera.refusal("POST", GROUP_POLICIES, wish({ ...inFinance(), members: [member(strong)] }))).toEqual(
      notHeld,
    );
    const name = `Mixed ${count}`;
    expect(
      await vera.refusal(
        "POST",
        GROUP_POLICIES,
        wish({ ...inFinance(), name, members: [member(weak), member(friend)] }),
      ),
    ).toEqual(done);
    const { groupPolicies } = await vera.json<{ groupPolicies: (MadePolicy & { name: string })[] }>(
      "GET",
      GROUP_POLICIES,
    );
    const mixed = groupPolicies.find((policy) => policy.name === name)!;
    expect(await patch(mixed, { members: [member(weak), member(strong)] })).toEqual(notHeld);
    const copy = { body: { name: `Copy ${count}` } };
    expect(await vera.refusal("POST", `${pathOf(mixed)}/copy`, copy)).toEqual(done);
  });

  test("NA11 a default role is given nobody who has it in a Jump Group where the giver has less", async () => {
    const lena = await site.representative(`lena${count}`, { ...managing, defaultJumpItemRole: much }, "login");
    const lenaId = (await lena.json<{ id: string }>("GET", "/api/login/account")).id;
    await addMember(site.core, finance, lenaId, little);
    await addMember(site.core, finance, friend, null);
    const settings = { defaultJumpItemRole: { value: much, isFinal: false } };
    expect(await lena.refusal("POST", GROUP_POLICIES, wish({ settings, members: [member(friend)] }))).toEqual(notHeld);
    const elsewhere = await addAccount(site.core, `elsewhere${count}`, {});
    expect(await lena.refusal("POST", GROUP_POLICIES, wish({ settings, members: [member(elsewhere)] }))).toEqual(done);
  });

  test("NA11 who comes later by a provider's group counts with what that group gives", async () => {
    const strong = { defaultJumpItemRole: { value: much, isFinal: false } };
    const members = (group: string) => [{ kind: "provider-group", provider, group }];
    await makePolicy(anna, `Of the group ${count}`, { settings: strong, members: members(`strong ${count}`) });
    const asked = (group: string) =>
      vera.refusal("POST", GROUP_POLICIES, wish({ ...inFinance(), members: members(group) }));
    expect(await asked(`strong ${count}`)).toEqual(notHeld);
    expect(await asked(`other ${count}`)).toEqual(done);
  });
});

test("NA11 five thousand members are weighed in one change within seconds", async () => {
  const rows = Array.from({ length: 5000 }, (_, index) =>
    member(`${"some".padEnd(16, "-")}${String(index).padStart(6, "0")}`),
  );
  await site.core.database.transaction(async (tx) => {
    const plain = {
      password_hash: "x",
      is_disabled: 0 as const,
      failed_sign_ins: 0,
      settings: JSON.stringify({ defaultJumpItemRole: little }),
    };
    const at = { password_changed_at: "2026-11-21T01:00:00.000Z", created_at: "2026-11-21T01:00:00.000Z" };
    for (let first = 0; first < rows.length; first += 1000)
      await tx
        .insertInto("representatives")
        .values(
          rows
            .slice(first, first + 1000)
            .map(({ user }) => ({ id: user, username: user, display_name: user, ...plain, ...at })),
        )
        .execute();
  });
  await site.core.policyBook.changed();
  const started = performance.now();
  const jumpGroups = [{ jumpGroup: finance, role: null }];
  expect(await vera.refusal("POST", GROUP_POLICIES, wish({ jumpGroups, members: rows }))).toEqual(done);
  expect(performance.now() - started).toBeLessThan(5000);
});
