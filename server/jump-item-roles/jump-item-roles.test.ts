import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ADMINISTRATOR_ROLE } from "../policy/built-in-roles.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { lastAudit } from "../test/last-audit.ts";

const PATH = "/api/login/jump-item-roles";

interface Role {
  readonly id: string;
  readonly name: string;
  readonly permissions: string[];
  readonly isBuiltIn: boolean;
  readonly uses: number;
  readonly version: number;
}

let site: TestServer;
let admin: TestBrowser;
beforeAll(async () => {
  site = await startTestServer();
  admin = await site.administrator();
});
afterAll(() => site[Symbol.asyncDispose]());

const create = (name: string, ...permissions: string[]): Promise<Role> =>
  admin.json<Role>("POST", PATH, { name, description: "", permissions });
const list = async (): Promise<Role[]> => (await admin.json<{ jumpItemRoles: Role[] }>("GET", PATH)).jumpItemRoles;

describe("Jump Item Roles", () => {
  test("ROLE-01 a role is made, changed and deleted; its name is taken once in whatever case", async () => {
    const made = await create("Help desk", "session.start", "jump-items.view");
    expect(made).toMatchObject({ permissions: ["jump-items.view", "session.start"], uses: 0, isBuiltIn: false });
    const body = { name: "HELP DESK", description: "", permissions: [] };
    expect((await admin.refusal("POST", PATH, { body })).code).toBe("request.conflict");
    const change = { version: made.version, description: "Whoever answers first", permissions: ["jump-items.view"] };
    const changed = await admin.json<Role>("PATCH", `${PATH}/${made.id}`, change);
    expect(changed).toMatchObject({ permissions: ["jump-items.view"], version: made.version + 1 });
    expect((await lastAudit(admin, "jump-item-role.changed")).detail).toEqual({
      description: { before: "", after: "Whoever answers first" },
      permissions: { before: ["jump-items.view", "session.start"], after: ["jump-items.view"] },
    });
    await admin.json("DELETE", `${PATH}/${made.id}`);
    expect((await list()).some(({ id }) => id === made.id)).toBe(false);
  });

  test("who changes what somebody else changed meanwhile is told who that was", async () => {
    const made = await create("Field engineers");
    await admin.json("PATCH", `${PATH}/${made.id}`, { version: made.version, description: "first" });
    const late = await admin.request("PATCH", `${PATH}/${made.id}`, {
      body: { version: made.version, description: "second" },
    });
    const { code, message } = (await late.json()) as { code: string; message: string };
    expect(code).toBe("request.stale");
    expect(message).toContain("changed by anna");
  });

  test("a role that comes with the site keeps its permissions and stays", async () => {
    const builtIn = (await list()).find(({ id }) => id === ADMINISTRATOR_ROLE)!;
    const path = `${PATH}/${builtIn.id}`;
    const body = { version: builtIn.version, permissions: ["jump-items.view"] };
    expect((await admin.refusal("PATCH", path, { body })).code).toBe("request.conflict");
    expect((await admin.refusal("DELETE", path)).code).toBe("request.conflict");
    const renamed = await admin.json<Role>("PATCH", path, { version: builtIn.version, name: "Everything" });
    expect(renamed).toMatchObject({ name: "Everything", permissions: builtIn.permissions });
  });

  test("a role that is used stays, and the refusal says where it is used", async () => {
    const role = await create("Night shift", "jump-items.view");
    await site.representative("nora", { "console.use": true, systemJumpItemRole: role.id });
    expect((await list()).find(({ id }) => id === role.id)!.uses).toBe(1);
    const refused = await admin.request("DELETE", `${PATH}/${role.id}`);
    expect(refused.status).toBe(409);
    expect(((await refused.json()) as { message: string }).message).toContain("1 user (nora)");
  });
});
