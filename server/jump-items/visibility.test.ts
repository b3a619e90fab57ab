import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JumpGroupBranch, JumpGroupTree, JumpItemRow } from "../../protocol/api/console.ts";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { insertSampleJumpClients } from "../jump-clients/sample-jump-clients.ts";
import { addJumpGroup, addMember, addRole, addTeam } from "../test/policy-rows.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, PASSWORD } from "../test/test-server.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";

const AT_ALL: DefinedSettings = { "console.use": true };

let site: TestSite;
let viewing: string;
let desks: string;
let vault: string;
beforeAll(async () => {
  site = await startTestSite();
  const { core } = site.server;
  viewing = await addRole(core, "jump-items.view");
  desks = site.jumpGroup;
  vault = await addJumpGroup(core, "Vault");
  await insertSampleJumpClients(core.database, desks, 20);
  await insertSampleJumpClients(core.database, vault, 10);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** An account with a browser in the console. */
async function account(name: string, settings: DefinedSettings): Promise<{ id: string; browser: TestBrowser }> {
  const id = await addAccount(site.server.core, name, settings);
  const browser = site.server.browser();
  await browser.signIn("console", name, PASSWORD);
  return { id, browser };
}

type Page = { rows: JumpItemRow[]; total: number; totalInPlace: number };
const list = (browser: TestBrowser, query = "") =>
  browser.json<Page>("GET", `/api/console/jump-items?limit=500&${query}`);
const tree = (browser: TestBrowser) => browser.json<JumpGroupTree>("GET", "/api/console/jump-groups");
const groupsIn = ({ rows }: Page) => [...new Set(rows.map((row) => row.jumpGroup))];

test("NA19 JUMP-04 who has a role in one Jump Group sees its Jump Items alone: in lists, searches, counts, tree and details", async () => {
  const { id, browser } = await account("una", AT_ALL);
  await addMember(site.server.core, desks, id, viewing);
  const page = await list(browser);
  expect([groupsIn(page), page.total, page.totalInPlace]).toEqual([[desks], 19, 19]);
  expect((await list(browser, `jumpGroup=${vault}`)).total).toBe(0);
  expect(groupsIn(await list(browser, "search=desk"))).toEqual([desks]);
  expect(groupsIn(await list(browser, "frequent=true"))).toEqual([desks]);
  const { total, jumpGroups } = await tree(browser);
  expect([total, jumpGroups.map((group) => group.id)]).toEqual([19, [desks]]);
  const hidden = (await list(site.admin, `jumpGroup=${vault}`)).rows[0]!.id;
  expect(await browser.refusal("GET", `/api/console/jump-items/${hidden}`)).toEqual({ status: 404, code: "not_found" });
  const remover = await account("remo", AT_ALL);
  await addMember(site.server.core, desks, remover.id, await addRole(site.server.core, "jump-items.remove"));
  expect((await remover.browser.refusal("DELETE", `/api/console/jump-items/${hidden}`)).code).toBe("not_found");
  const shown = `/api/console/jump-items/${page.rows[0]!.id}`;
  expect(await browser.json("GET", shown)).toMatchObject({ properties: { jumpPolicy: null, hasEndUserProof: false } });
  expect((await browser.refusal("DELETE", shown)).code).toBe("permission.denied");
});

test("NA19 the tree is a page of what one sees: searched by name, opened one by one, and silent on what is hidden", async () => {
  const { core } = site.server;
  const { id, browser } = await account("tara", AT_ALL);
  const seen: string[] = [];
  for (const name of ["Tree C", "tree a", "Tree B"]) seen.push(await addJumpGroup(core, name));
  for (const group of seen) await addMember(core, group, id, viewing);
  await insertSampleJumpClients(core.database, seen[1]!, 10);
  const at = (query: string) => browser.json<JumpGroupTree>("GET", `/api/console/jump-groups${query}`);
  const first = await at("?limit=2");
  expect(first).toMatchObject({ total: 9, totalGroups: 3 });
  expect(first.jumpGroups.map(({ name, total }) => [name, total])).toEqual([
    ["tree a", 9],
    ["Tree B", 0],
  ]);
  expect((await at("?limit=2&offset=2")).jumpGroups.map(({ name }) => name)).toEqual(["Tree C"]);
  expect(await at("?search=TREE b")).toMatchObject({ total: 9, totalGroups: 1, jumpGroups: [{ id: seen[2] }] });
  expect(await at("?search=vault")).toMatchObject({ totalGroups: 0, jumpGroups: [] });
  const branch = await browser.json<JumpGroupBranch>("GET", `/api/console/jump-groups/${seen[1]}`);
  expect(branch).toMatchObject({ name: "tree a", total: 9, tags: [{ tag: "back" }, { tag: "front" }, { tag: "lab" }] });
  expect((await browser.refusal("GET", `/api/console/jump-groups/${vault}`)).code).toBe("not_found");
  expect((await site.server.browser().refusal("GET", `/api/console/jump-groups/${vault}`)).code).toBe(
    "sign_in.required",
  );
});

test("who has no role anywhere is told so; one that is taken away takes the Jump Items with it", async () => {
  const { id, browser } = await account("nick", AT_ALL);
  expect((await browser.refusal("GET", "/api/console/jump-items")).code).toBe("permission.denied");
  await addMember(site.server.core, vault, id, viewing);
  expect((await list(browser)).total).toBe(9);
  await site.server.core.database.transaction(
    async (tx) => void (await tx.deleteFrom("jump_group_users").where("representative", "=", id).execute()),
  );
  await site.server.core.policyBook.changed();
  expect((await browser.refusal("GET", "/api/console/jump-items")).code).toBe("permission.denied");
});

test("JUMP-06 JUMP-07 a personal list is its owner's, and of leads and managers who may see lists of their team", async () => {
  const { core } = site.server;
  const own = { ...AT_ALL, personalJumpItemRole: viewing };
  const owner = await account("olga", own);
  const colleague = await account("otto", own);
  const lead = await account("lena", { ...AT_ALL, "jump-items.see-team-lists": true });
  const blind = await account("luis", AT_ALL);
  const personal = await addJumpGroup(core, "olga's list", owner.id);
  await insertSampleJumpClients(core.database, personal, 3);
  await addTeam(core, { account: lead.id, role: "lead" }, owner.id);
  await addTeam(core, { account: blind.id, role: "manager" }, owner.id);
  expect((await list(owner.browser)).total).toBe(3);
  expect((await tree(owner.browser)).jumpGroups[0]).toMatchObject({ owner: { id: owner.id, name: "olga" } });
  expect((await list(colleague.browser)).total).toBe(0);
  expect((await list(lead.browser)).total).toBe(3);
  expect((await blind.browser.refusal("GET", "/api/console/jump-items")).code).toBe("permission.denied");
});

test("JUMP-08 who may see every Jump Item sees Jump Groups they are not in and lists of those outside their teams", async () => {
  const { browser } = await account("sven", { ...AT_ALL, "jump-items.see-all": true });
  expect((await list(browser)).total).toBe((await list(site.admin)).total);
  const { rows } = await list(browser);
  const { permissions } = await browser.json<{ permissions: string[] }>(
    "GET",
    `/api/console/jump-items/${rows[0]!.id}`,
  );
  expect([permissions.includes("jump-items.view"), permissions.includes("session.start")]).toEqual([true, false]);
});

test("NA19 consoles hear of changes of Jump Items they see, also of one that leaves their sight, and of no other", async () => {
  const { core } = site.server;
  const { id, browser } = await account("nora", AT_ALL);
  await addMember(core, desks, id, viewing);
  const { agent } = await site.jumpClient();
  await Bun.sleep(1500);
  using console = await ScriptedConsole.open(browser);
  const path = `/api/login/jump-clients/${agent.jumpClient}`;
  await site.admin.json("PATCH", path, { comments: "seen" });
  const heard = await console.socket.next("jump-items.changed", ({ jumpItems }) => jumpItems !== null);
  expect(heard.jumpItems).toEqual([agent.jumpClient as never]);
  await site.admin.json("PATCH", path, { jumpGroup: vault });
  expect((await console.socket.next("jump-items.changed")).jumpItems).toEqual([agent.jumpClient as never]);
  await site.admin.json("PATCH", path, { comments: "unseen" });
  await Bun.sleep(1500);
  expect(console.socket.messages.filter(({ type }) => type === "jump-items.changed")).toEqual([]);
});

test("NA19 a session with a Jump Item one may not see can be neither started nor joined", async () => {
  const { id, browser } = await account("jane", { ...AT_ALL, "session.join": true });
  const { agent, socket } = await site.jumpClient();
  await site.admin.json("PATCH", `/api/login/jump-clients/${agent.jumpClient}`, { jumpGroup: vault });
  const { console: owner, session } = await startSession(site.admin, agent, socket);
  using console = await ScriptedConsole.open(browser);
  expect(await console.refusal("session.join", { session })).toBe("session.unknown");
  expect(await console.refusal("session.start", { jumpItem: agent.jumpClient })).toBe("not_found");
  await addMember(site.server.core, vault, id, viewing);
  using again = await ScriptedConsole.open(browser);
  expect((await again.ask("session.join", { session })).type).toBe("session.started");
  owner[Symbol.dispose]();
});
