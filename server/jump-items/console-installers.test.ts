import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import { addJumpGroup, addJumpPolicy, addMember, addRole } from "../test/policy-rows.ts";
import { ScriptedAgent } from "../test/scripted-agent.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, PASSWORD } from "../test/test-server.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const PATH = "/api/console/installers";

let site: TestSite;
let elsewhere: string;
beforeAll(async () => {
  site = await startTestSite();
  elsewhere = await addJumpGroup(site.server.core, "Elsewhere");
  await site.installer();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

let accounts = 0;
async function withRole(...permissions: JumpItemPermission[]): Promise<TestBrowser> {
  const { core } = site.server;
  const name = `user${(accounts += 1)}`;
  const id = await addAccount(core, name, { "console.use": true });
  await addMember(core, site.jumpGroup, id, await addRole(core, "jump-items.view", ...permissions));
  const browser = site.server.browser();
  await browser.signIn("console", name, PASSWORD);
  return browser;
}

const wished = (jumpGroup: string, more: object = {}) => ({
  ...{ name: "", jumpGroup, tag: "", comments: "", validForMinutes: 60, maxUses: 1 },
  ...more,
});

test("ROLE-04 who may create and deploy in a Jump Group makes, downloads and deletes installers there, and nowhere else", async () => {
  const viewer = await withRole();
  expect((await viewer.refusal("POST", PATH, { body: wished(site.jumpGroup) })).code).toBe("permission.denied");
  expect((await viewer.refusal("GET", PATH)).code).toBe("permission.denied");
  const creator = await withRole("jump-items.create");
  expect((await creator.refusal("POST", PATH, { body: wished(elsewhere) })).code).toBe("permission.denied");
  const { id } = await creator.json<{ id: string }>("POST", PATH, wished(site.jumpGroup));
  const other = await site.admin.json<{ id: string }>("POST", "/api/login/installers", wished(elsewhere));
  const { installers } = await creator.json<{ installers: { id: string }[] }>("GET", PATH);
  expect(installers.map((installer) => installer.id)).toContain(id);
  expect(installers.map((installer) => installer.id)).not.toContain(other.id);
  expect((await creator.request("GET", `${PATH}/${id}/download/linux-x64`)).status).toBe(200);
  expect((await creator.refusal("GET", `${PATH}/${other.id}/download/linux-x64`)).code).toBe("not_found");
  expect((await creator.refusal("DELETE", `${PATH}/${other.id}`)).code).toBe("not_found");
  await creator.json("DELETE", `${PATH}/${id}`);
});

test("ROLE-04 policies an installer gives need their own permissions of the role", async () => {
  const jumpPolicy = await addJumpPolicy(site.server.core, {});
  const creator = await withRole("jump-items.create");
  expect((await creator.refusal("POST", PATH, { body: wished(site.jumpGroup, { jumpPolicy }) })).code).toBe(
    "permission.denied",
  );
  const both = await withRole("jump-items.create", "jump-items.edit-jump-policy");
  await both.json("POST", PATH, wished(site.jumpGroup, { jumpPolicy }));
});

test("a Jump Client comes in by an installer that was made in the console", async () => {
  const creator = await withRole("jump-items.create");
  const { id } = await creator.json<{ id: string }>("POST", PATH, wished(site.jumpGroup, { name: "Deployed" }));
  const file = await (await creator.request("GET", `${PATH}/${id}/download/linux-x64`)).text();
  const encoded = /printf '%s' '([A-Za-z0-9_-]+)'/u.exec(file)![1]!;
  const { token } = JSON.parse(Buffer.from(encoded, "base64url").toString()) as { token: string };
  using agent = new ScriptedAgent(site.server.url);
  await agent.enrol(token);
  expect(await creator.json("GET", `/api/console/jump-items/${agent.jumpClient}`)).toMatchObject({ name: "Deployed" });
});
