import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Provider } from "../../protocol/api/providers.ts";
import { systemClock } from "../clock.ts";
import { given, makePolicy } from "../test/account-scenes.ts";
import { SCIM_CORE, ScimClient } from "../test/peers/scim-client.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

/** Local passwords are closed; Sam, whom a directory put among the administrators, is the only one who can sign in. */
describe("the last administrator comes from a provider", () => {
  let site: TestServer;
  let anna: TestBrowser;
  let directory: ScimClient;
  let provider: Provider;
  let policy: string;
  let sam: string;
  let group: string;

  beforeAll(async () => {
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    anna = await site.administrator();
    policy = (await makePolicy(anna, "Administrators", { settings: given("site.administer") })).id;
    directory = await ScimClient.open(site, anna, "Directory", [
      { group: "Admins", groupPolicies: [policy], teams: [] },
    ]);
    provider = await anna.json<Provider>("GET", `/api/login/providers/${directory.provider.id}`);
    const person = { schemas: [`${SCIM_CORE}:User`], userName: "sam", externalId: "sam", active: true };
    sam = (await directory.ask("POST", "/Users", person)).json.id;
    const admins = { schemas: [`${SCIM_CORE}:Group`], displayName: "Admins", members: [{ value: sam }] };
    group = (await directory.ask("POST", "/Groups", admins)).json.id;
    const { queries } = site.core.database;
    await queries.insertInto("settings").values({ name: "isProviderOnly", value: "true" }).execute();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const isAdministrator = async () => (await site.core.policyBook.rightsOf(sam)).isAdministrator;

  test("the directory may neither switch them off nor remove them", async () => {
    expect(await isAdministrator()).toBe(true);
    expect(await directory.patch(`/Users/${sam}`, { op: "replace", path: "active", value: false })).toMatchObject({
      status: 409,
    });
    expect(await directory.ask("DELETE", `/Users/${sam}`)).toMatchObject({ status: 409 });
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
    expect((await directory.patch(`/Groups/${group}`, remove)).status).toBeLessThan(300);
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
    expect((await directory.patch(`/Groups/${group}`, remove)).status).toBeLessThan(300);
    expect(await isAdministrator()).toBe(false);
    expect((await directory.patch(`/Users/${sam}`, { op: "replace", path: "active", value: false })).status).toBe(200);
    expect((await anna.refusal("PATCH", path, { body })).status).toBe(200);
  });
});
