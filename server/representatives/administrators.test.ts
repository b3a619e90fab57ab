import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Provider } from "../../protocol/api/providers.ts";
import { systemClock } from "../clock.ts";
import { given, makePolicy } from "../test/account-scenes.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** Local passwords are closed; Sam, whom a directory put among the administrators, is the only one who can sign in. */
describe("the last administrator comes from a provider", () => {
  let site: TestServer;
  let anna: TestBrowser;
  let provider: Provider;
  let token: string;
  let policy: string;
  let sam: string;
  let group: string;

  beforeAll(async () => {
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    anna = await site.administrator();
    policy = (await makePolicy(anna, "Administrators", { settings: given("site.administer") })).id;
    provider = await anna.json<Provider>("POST", "/api/login/providers", {
      name: "Directory",
      isEnabled: true,
      config: { kind: "scim", signsInBy: null },
      emailDomains: [],
      mapping: {
        attributes: { username: "", displayName: "", email: "", groups: "" },
        createsAccounts: true,
        groupSync: "authoritative",
        groupRules: [{ group: "Admins", groupPolicies: [policy], teams: [] }],
      },
    });
    ({ token } = await anna.json<{ token: string }>("POST", `/api/login/providers/${provider.id}/scim-token`));
    provider = await anna.json<Provider>("GET", `/api/login/providers/${provider.id}`);
    ({ id: sam } = await scim("POST", "/Users", { schemas: [USER], userName: "sam", externalId: "sam", active: true }));
    const members = [{ value: sam }];
    ({ id: group } = await scim("POST", "/Groups", { schemas: [GROUP], displayName: "Admins", members }));
    const { queries } = site.core.database;
    await queries.insertInto("settings").values({ name: "isProviderOnly", value: "true" }).execute();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  async function scim(method: string, path: string, body?: unknown): Promise<{ id: string; status: number }> {
    const response = await fetch(`${site.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      tls: { rejectUnauthorized: false },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { id: "", ...(text === "" ? {} : (JSON.parse(text) as object)), status: response.status };
  }
  const change = (path: string, ...Operations: unknown[]) => scim("PATCH", path, { schemas: [PATCH], Operations });
  const isAdministrator = async () => (await site.core.policyBook.rightsOf(sam)).isAdministrator;

  test("the directory may neither switch them off nor remove them", async () => {
    expect(await isAdministrator()).toBe(true);
    expect(await change(`/Users/${sam}`, { op: "replace", path: "active", value: false })).toMatchObject({
      status: 409,
    });
    expect(await scim("DELETE", `/Users/${sam}`)).toMatchObject({ status: 409 });
    expect(await isAdministrator()).toBe(true);
    const row = await site.core.database.queries
      .selectFrom("representatives")
      .select(["is_disabled", "external_id"])
      .where("id", "=", sam)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ is_disabled: 0, external_id: "sam" });
  });

  test("a group that brings the right is kept, and the audit log says so", async () => {
    const remove = { op: "remove", path: `members[value eq "${sam}"]` };
    expect((await change(`/Groups/${group}`, remove)).status).toBeLessThan(300);
    expect(await isAdministrator()).toBe(true);
    const { rows } = await anna.json<{ rows: { detail: object }[] }>(
      "GET",
      "/api/login/audit?action=user.synchronized",
    );
    expect(rows[0]!.detail).toMatchObject({ undone: expect.stringContaining("last administrator") });
  });

  test("their provider is not switched off; with another administrator all of it is free", async () => {
    const path = `/api/login/providers/${provider.id}`;
    const body = { version: provider.version, isEnabled: false };
    expect(await anna.refusal("PATCH", path, { body })).toEqual({ status: 409, code: "request.conflict" });
    await site.core.database.queries.deleteFrom("settings").where("name", "=", "isProviderOnly").execute();
    const remove = { op: "remove", path: `members[value eq "${sam}"]` };
    expect((await change(`/Groups/${group}`, remove)).status).toBeLessThan(300);
    expect(await isAdministrator()).toBe(false);
    expect((await change(`/Users/${sam}`, { op: "replace", path: "active", value: false })).status).toBe(200);
    expect((await anna.refusal("PATCH", path, { body })).status).toBe(200);
  });
});
