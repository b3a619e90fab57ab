import { afterAll, beforeAll, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { JumpItemDetail, JumpItemRow } from "../../protocol/api/console.ts";
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import { insertSampleJumpClients } from "../jump-clients/sample-jump-clients.ts";
import { addJumpGroup, addJumpPolicy, addMember, addRole, addSessionPolicy } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, PASSWORD } from "../test/test-server.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const PATH = "/api/console/jump-items";

let site: TestSite;
let elsewhere: string;
let jumpPolicy: string;
let sessionPolicy: string;
let jumpItems: string[];
beforeAll(async () => {
  site = await startTestSite();
  const { core } = site.server;
  elsewhere = await addJumpGroup(core, "Elsewhere");
  jumpPolicy = await addJumpPolicy(core, {});
  sessionPolicy = await addSessionPolicy(core, {});
  await insertSampleJumpClients(core.database, site.jumpGroup, 40);
  const page = await site.admin.json<{ rows: JumpItemRow[] }>("GET", PATH);
  jumpItems = page.rows.map(({ id }) => id);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

let accounts = 0;
/** Somebody with a role of these permissions in the Jump Groups. */
async function withRole(
  permissions: readonly JumpItemPermission[],
  jumpGroups: readonly string[],
  more: DefinedSettings = {},
): Promise<TestBrowser> {
  const { core } = site.server;
  const name = `user${(accounts += 1)}`;
  const id = await addAccount(core, name, { "console.use": true, ...more });
  const role = await addRole(core, "jump-items.view", ...permissions);
  for (const jumpGroup of jumpGroups) await addMember(core, jumpGroup, id, role);
  const browser = site.server.browser();
  await browser.signIn("console", name, PASSWORD);
  return browser;
}

const change = (browser: TestBrowser, ids: readonly string[], changes: object) =>
  browser.refusal("PATCH", PATH, { body: { ids, changes } });
const detail = (id: string) => site.admin.json<JumpItemDetail>("GET", `${PATH}/${id}`);
const good = { status: 200, code: "" };

const fields = (): [ids: string, field: string, permission: JumpItemPermission, value: unknown][] => [
  ["ROLE-08 JUMP-26", "tag", "jump-items.edit-tag", "attic"],
  ["ROLE-09 JUMP-28", "comments", "jump-items.edit-comments", "behind the plant"],
  ["ROLE-11 JUMP-29", "jumpPolicy", "jump-items.edit-jump-policy", jumpPolicy],
  ["ROLE-12 SPOL-06 SPOL-07", "presentPolicy", "jump-items.edit-session-policy", sessionPolicy],
  ["ROLE-12 JUMP-31", "absentPolicy", "jump-items.edit-session-policy", sessionPolicy],
  ["ROLE-14 JUMP-23", "name", "jump-items.edit-behavior", "Attic desk"],
  ["ROLE-05 JUMP-25", "jumpGroup", "jump-items.move", elsewhere],
];
const every: JumpItemPermission[] = [
  "jump-items.edit-tag",
  "jump-items.edit-comments",
  "jump-items.edit-jump-policy",
  "jump-items.edit-session-policy",
  "jump-items.edit-behavior",
  "jump-items.edit-public-portal",
  "jump-items.edit-connectivity",
  "jump-items.move",
];

test("ROLE-05 ROLE-08 ROLE-09 ROLE-11 ROLE-12 ROLE-14 SPOL-07 JUMP-25 JUMP-29 each field is changed by whose role has its permission, and by nobody else", async () => {
  for (const [index, [, field, permission, value]] of fields().entries()) {
    const id = jumpItems[index]!;
    const others = await withRole(
      every.filter((one) => one !== permission),
      [site.jumpGroup, elsewhere],
    );
    expect({ field, ...(await change(others, [id], { [field]: value })) }).toMatchObject({ code: "permission.denied" });
    const may = await withRole([permission], [site.jumpGroup, elsewhere]);
    expect({ field, ...(await change(may, [id], { [field]: value })) }).toMatchObject(good);
    const after = await detail(id);
    expect(JSON.stringify([after, after.properties])).toContain(String(value));
  }
});

test("ROLE-10 JUMP-27 a public portal is the business of its own permission, and must be there", async () => {
  const browser = await withRole(["jump-items.edit-public-portal"], [site.jumpGroup]);
  expect((await change(browser, [jumpItems[10]!], { publicPortal: "A".repeat(22) })).code).toBe("not_found");
  expect(await change(browser, [jumpItems[10]!], { publicPortal: null })).toEqual(good);
});

test("JUMP-22 several are changed at once, all or none, and only one gets a name", async () => {
  const { core } = site.server;
  const editor = await withRole(["jump-items.edit-tag", "jump-items.edit-behavior"], [site.jumpGroup]);
  const ids = jumpItems.slice(20, 30);
  expect(await change(editor, ids, { tag: "together" })).toEqual(good);
  for (const id of ids) expect((await detail(id)).tag).toBe("together");
  expect((await change(editor, ids, { name: "One name" })).code).toBe("request.invalid");
  const hidden = await addJumpGroup(core, "Hidden");
  await change(site.admin, [ids[9]!], { jumpGroup: hidden });
  expect((await change(editor, ids, { tag: "half" })).code).toBe("not_found");
  expect((await detail(ids[0]!)).tag).toBe("together");
  await change(site.admin, [ids[9]!], { jumpGroup: elsewhere });
  await addMember(
    core,
    elsewhere,
    (await editor.json<{ id: string }>("GET", "/api/console/account")).id,
    await addRole(core, "jump-items.view"),
  );
  expect((await change(editor, ids, { tag: "half" })).code).toBe("permission.denied");
  expect((await detail(ids[0]!)).tag).toBe("together");
});

test("JUMP-23 a name has 128 characters and no more", async () => {
  expect(await change(site.admin, [jumpItems[11]!], { name: "n".repeat(128) })).toEqual(good);
  expect((await change(site.admin, [jumpItems[11]!], { name: "n".repeat(129) })).code).toBe("request.invalid");
});

test("JUMP-25 moving needs the permission where it comes from and where it goes to", async () => {
  const leaving = await withRole(["jump-items.move"], [site.jumpGroup]);
  expect((await change(leaving, [jumpItems[12]!], { jumpGroup: elsewhere })).code).toBe("permission.denied");
  const both = await withRole(["jump-items.move"], [site.jumpGroup, elsewhere]);
  const { jumpGroups, mayUsePersonal } = await both.json<{ jumpGroups: { id: string }[]; mayUsePersonal: boolean }>(
    "GET",
    `${PATH}/choices`,
  );
  expect(jumpGroups.map(({ id }) => id).toSorted()).toEqual([site.jumpGroup, elsewhere].toSorted());
  expect(mayUsePersonal).toBe(false);
  expect((await change(both, [jumpItems[12]!], { jumpGroup: "personal" })).code).toBe("permission.denied");
});

test("JUMP-06 a personal list is made with the first Jump Item that is moved to it", async () => {
  const { core } = site.server;
  const mover = await addRole(core, "jump-items.view", "jump-items.move");
  const browser = await withRole(["jump-items.move"], [site.jumpGroup], { personalJumpItemRole: mover });
  expect(await browser.json("GET", `${PATH}/choices`)).toMatchObject({ mayUsePersonal: true });
  expect(await change(browser, [jumpItems[13]!], { jumpGroup: "personal" })).toEqual(good);
  expect(await change(browser, [jumpItems[14]!], { jumpGroup: "personal" })).toEqual(good);
  const tree = await browser.json<{ jumpGroups: { owner?: { name: string }; total: number }[] }>(
    "GET",
    "/api/console/jump-groups",
  );
  expect(tree.jumpGroups.filter(({ owner }) => owner !== undefined).map(({ total }) => total)).toEqual([2]);
  const neighbour = await withRole(["jump-items.move"], [site.jumpGroup]);
  expect((await neighbour.refusal("GET", `${PATH}/${jumpItems[13]!}`)).code).toBe("not_found");
});

test("SPOL-06 a session policy that is not available to Jump Items is neither offered nor taken", async () => {
  const notForItems = await addSessionPolicy(site.server.core, {}, { isForJumpItems: false });
  const { sessionPolicies } = await site.admin.json<{ sessionPolicies: { id: string }[] }>("GET", `${PATH}/choices`);
  expect(sessionPolicies.map(({ id }) => id)).toEqual([sessionPolicy]);
  expect((await change(site.admin, [jumpItems[15]!], { presentPolicy: notForItems })).code).toBe("not_found");
  expect((await change(site.admin, [jumpItems[15]!], { jumpPolicy: "A".repeat(22) })).code).toBe("not_found");
});

test("JUMP-26 a blank tag brings a Jump Item back to the top; a new tag is typed", async () => {
  const id = jumpItems[16]!;
  expect(await change(site.admin, [id], { tag: "brand new" })).toEqual(good);
  expect((await site.admin.json<{ tags: string[] }>("GET", `${PATH}/choices`)).tags).toContain("brand new");
  expect(await change(site.admin, [id], { tag: "" })).toEqual(good);
  expect((await site.admin.json<{ tags: string[] }>("GET", `${PATH}/choices`)).tags).not.toContain("brand new");
});

test("what changed is in the audit log with what it was before; a refusal, too", async () => {
  await change(site.admin, [jumpItems[17]!], { tag: "noted", jumpPolicy });
  const { rows } = await site.admin.json<{ rows: { action: string; detail: object }[] }>(
    "GET",
    "/api/login/audit?limit=20",
  );
  const row = rows.find(({ action }) => action === "jump-item.changed")!;
  expect(row.detail).toMatchObject({
    tag: { to: "noted" },
    jumpPolicy: { from: null, to: `Jump Policy ${jumpPolicy}` },
  });
  const browser = await withRole([], [site.jumpGroup]);
  await change(browser, [jumpItems[17]!], { tag: "no" });
  const after = await site.admin.json<{ rows: { action: string; detail: object }[] }>(
    "GET",
    "/api/login/audit?limit=5",
  );
  expect(after.rows.find(({ action }) => action === "permission.denied")!.detail).toEqual({
    asked: "jump-items.edit-tag",
  });
});

test("ROLE-06 who may remove Jump Items removes them, and nobody else", async () => {
  const viewer = await withRole(every, [site.jumpGroup]);
  expect((await viewer.refusal("DELETE", `${PATH}/${jumpItems[18]!}`)).code).toBe("permission.denied");
  const remover = await withRole(["jump-items.remove"], [site.jumpGroup]);
  expect(await remover.refusal("DELETE", `${PATH}/${jumpItems[18]!}`)).toEqual(good);
  expect((await remover.refusal("GET", `${PATH}/${jumpItems[18]!}`)).code).toBe("not_found");
});
