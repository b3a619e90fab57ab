import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JumpGroupMembers } from "../../protocol/api/policies.ts";
import type { EffectiveSettings, GroupPolicy, GroupPolicyPreview } from "../../protocol/api/users.ts";
import { GROUP_POLICIES, makePolicy, member, USERS } from "../test/account-scenes.ts";
import { addRole } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, type TestServer } from "../test/test-server.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

let whole: TestSite;
let site: TestServer;
let anna: TestBrowser;
let desks: string;
let helper: string;
let count = 0;
beforeAll(async () => {
  whole = await startTestSite();
  site = whole.server;
  anna = whole.admin;
  desks = whole.jumpGroup;
  helper = await addRole(site.core, "jump-items.view", "session.start");
});
afterAll(() => whole[Symbol.asyncDispose]());

/** A new account with an upper policy that puts it into Desks and a lower one that takes it out. */
async function scene(areJumpGroupsFinal = false) {
  count += 1;
  const user = await addAccount(site.core, `rosa${count}`, {});
  const members = [member(user)];
  const jumpGroups = [{ jumpGroup: desks, role: helper, change: "add" }];
  const upper = await makePolicy(anna, `Upper ${count}`, { members, jumpGroups, areJumpGroupsFinal });
  const lower = await makePolicy(anna, `Lower ${count}`, {
    members,
    jumpGroups: [{ jumpGroup: desks, role: null, change: "remove" }],
  });
  return { user, upper, lower };
}

const pathOf = ({ id }: { readonly id: string }) => `${GROUP_POLICIES}/${id}`;
const get = (policy: { readonly id: string }) => anna.json<GroupPolicy>("GET", pathOf(policy));
async function placeOf(user: string) {
  const { jumpGroups } = await anna.json<EffectiveSettings>("GET", `${USERS}/${user}/effective`);
  return jumpGroups.find(({ jumpGroup }) => jumpGroup.id === desks);
}

describe("SPOL-10 Jump Groups of a group policy", () => {
  test("SPOL-10 a lower policy takes out whom an upper one put in, unless that one is final; order and end count at once", async () => {
    const { user, upper, lower } = await scene();
    expect(await placeOf(user)).toBeUndefined();
    await anna.json("PATCH", pathOf(upper), { version: upper.version, areJumpGroupsFinal: true });
    expect(await placeOf(user)).toMatchObject({ role: { id: helper }, by: { policy: { id: upper.id } } });
    await anna.json("PATCH", pathOf(upper), { version: upper.version + 1, areJumpGroupsFinal: false });
    expect(await placeOf(user)).toBeUndefined();
    await anna.json("DELETE", pathOf(lower));
    expect(await placeOf(user)).toMatchObject({ by: { policy: { id: upper.id } } });
  });

  test("SPOL-10 what is saved is answered, copied, and told before and after in the history", async () => {
    const { upper, lower } = await scene(true);
    expect(await get(upper)).toMatchObject({
      areJumpGroupsFinal: true,
      jumpGroups: [{ jumpGroup: desks, role: helper, change: "add" }],
    });
    expect(await get(lower)).toMatchObject({
      areJumpGroupsFinal: false,
      jumpGroups: [{ jumpGroup: desks, role: null, change: "remove" }],
    });
    const copy = await anna.json<GroupPolicy>("POST", `${pathOf(upper)}/copy`, { name: `Copy ${count}` });
    expect(copy).toMatchObject({ areJumpGroupsFinal: true, jumpGroups: [{ jumpGroup: desks, change: "add" }] });
    const jumpGroups = [{ jumpGroup: desks, role: helper, change: "remove" }];
    await anna.json("PATCH", pathOf(upper), { version: upper.version, jumpGroups, areJumpGroupsFinal: false });
    const { rows } = await anna.json<{ rows: { detail: unknown }[] }>("GET", `${pathOf(upper)}/history?limit=1`);
    expect(rows[0]!.detail).toEqual({
      areJumpGroupsFinal: { before: true, after: false },
      jumpGroups: {
        set: { Desks: { before: { change: "add", role: helper }, after: { change: "remove", role: null } } },
        ...{ setCount: 1, removed: [], removedCount: 0 },
      },
    });
    // An answer without the change means putting in, as it did before there was another.
    const plain = [{ jumpGroup: desks, role: null }];
    await anna.json("PATCH", pathOf(upper), { version: upper.version + 1, jumpGroups: plain });
    expect((await get(upper)).jumpGroups).toEqual([{ jumpGroup: desks, role: null, change: "add" }]);
  });

  test("SPOL-10 GROUP-09 the Jump Group's page lists policies of both kinds, and who was put in there stays in", async () => {
    const { user, upper, lower } = await scene();
    const path = `/api/login/jump-groups/${desks}/members`;
    const page = () => anna.json<typeof JumpGroupMembers.static>("GET", `${path}?search=rosa${count}`);
    const { members, groupPolicies } = await page();
    expect(members).toEqual([]);
    const ours = groupPolicies.filter(({ id }) => id === upper.id || id === lower.id);
    expect(ours).toMatchObject([
      { id: upper.id, role: { id: helper }, change: "add", isFinal: false },
      { id: lower.id, role: null, change: "remove", isFinal: false },
    ]);
    await anna.json("PUT", `${path}/${user}`, { role: helper });
    expect((await page()).members).toMatchObject([{ user, role: { id: helper }, by: { kind: "jump-group" } }]);
  });

  test("SPOL-10 the preview tells for one person which Jump Groups come and go", async () => {
    const { user, upper, lower } = await scene();
    const preview = async (policy: { readonly id: string }, asked: object) =>
      (await anna.json<GroupPolicyPreview>("POST", `${pathOf(policy)}/preview`, { ...asked, user })).user!.jumpGroups;
    const comes = {
      jumpGroup: { id: desks, name: "Desks" },
      before: null,
      after: { role: { id: helper, name: helper } },
    };
    expect(await preview(upper, { changes: {} })).toEqual([]);
    expect(await preview(upper, { changes: { areJumpGroupsFinal: true } })).toEqual([comes]);
    expect(await preview(lower, { changes: {}, isDeleted: true })).toEqual([comes]);
    const nobody = { changes: { members: [] } };
    expect(await preview(lower, nobody)).toEqual([comes]);
    expect(await preview(upper, nobody)).toEqual([]);
  });

  test("NA11 SPOL-10 being final, moving and deleting are for who manages Jump Groups", async () => {
    const { upper, lower } = await scene();
    const settings = { "group-policies.view": true, "group-policies.edit": true };
    const vera = await site.representative(`vera${count}`, settings, "login");
    const notHeld = { status: 403, code: "permission.not_held" };
    const body = { version: upper.version, areJumpGroupsFinal: true };
    expect(await vera.refusal("PATCH", pathOf(upper), { body })).toEqual(notHeld);
    expect(await vera.refusal("DELETE", pathOf(lower))).toEqual(notHeld);
    const { groupPolicies } = await vera.json<{ groupPolicies: { id: string }[] }>("GET", GROUP_POLICIES);
    const ids = groupPolicies.map(({ id }) => id).toReversed();
    expect(await vera.refusal("PUT", `${GROUP_POLICIES}/order`, { body: { ids } })).toEqual(notHeld);
    await vera.json("PATCH", pathOf(upper), { version: upper.version, description: "A word is free" });
  });
});
