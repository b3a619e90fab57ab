import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Provider } from "../../../protocol/api/providers.ts";
import { systemClock } from "../../clock.ts";
import { insertGroupPolicy } from "../../test/peers/group-policy.ts";
import { SCIM_CORE, ScimClient } from "../../test/peers/scim-client.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { ADMINISTRATOR, noRooms, startTestServer, type TestServer } from "../../test/test-server.ts";

/** Requests as Entra and Okta write them, with their spellings, over HTTP. */
describe("SCIM 2.0", () => {
  let site: TestServer;
  let admin: TestBrowser;
  let provider: Provider;
  let directory: ScimClient;
  let policy: string;

  beforeAll(async () => {
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    admin = await site.administrator();
    policy = await insertGroupPolicy(site.core, "Console", { "console.use": { value: true, isFinal: false } });
    directory = await ScimClient.open(site, admin, "Directory sync", [
      { group: "Support", groupPolicies: [policy], teams: [] },
    ]);
    ({ provider } = directory);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const ask = (...words: Parameters<ScimClient["ask"]>) => directory.ask(...words);
  const patch = (...words: Parameters<ScimClient["patch"]>) => directory.patch(...words);
  const account = (username: string) =>
    site.core.database.queries
      .selectFrom("representatives")
      .selectAll()
      .where("username", "=", username)
      .executeTakeFirst();
  const policiesOf = async (username: string) =>
    (
      await site.core.database.queries
        .selectFrom("group_policy_users")
        .innerJoin("representatives", "representatives.id", "group_policy_users.representative")
        .select("group_policy")
        .where("username", "=", username)
        .execute()
    ).map((row) => row.group_policy);

  const entraUser = (userName: string) => ({
    schemas: [`${SCIM_CORE}:User`, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    externalId: `object-${userName}`,
    userName,
    active: true,
    displayName: `${userName} Example`,
    emails: [{ primary: true, type: "work", value: `${userName}@example.com` }],
    meta: { resourceType: "User" },
    name: { formatted: "given family", familyName: "family", givenName: "given" },
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Support" },
  });

  test("a person is made, found by name as a client looks first, and read back", async () => {
    expect((await ask("GET", `/Users?filter=${encodeURIComponent('userName eq "carol"')}`)).json).toMatchObject({
      totalResults: 0,
      Resources: [],
    });
    const made = await ask("POST", "/Users", entraUser("carol"));
    expect(made).toMatchObject({ status: 201, type: "application/scim+json" });
    expect(made.json).toMatchObject({ userName: "carol", active: true, externalId: "object-carol" });
    const found = await ask("GET", `/Users?filter=${encodeURIComponent('userName eq "CAROL"')}`);
    expect(found.json.Resources).toMatchObject([{ id: made.json.id, displayName: "carol Example" }]);
    const byKey = await ask("GET", `/Users?filter=${encodeURIComponent('externalId eq "object-carol"')}`);
    expect(byKey.json.Resources).toHaveLength(1);
    expect(await account("carol")).toMatchObject({ provider: provider.id, email: "carol@example.com" });
  });

  test("Entra switches off with a text, Okta without a path; sign-ins end at once", async () => {
    const { id } = (await account("carol"))!;
    const { signIns, database } = site.core;
    const origin = { address: "192.0.2.1", userAgent: "" };
    const signIn = () =>
      database.transaction((tx) =>
        signIns.create(tx, {
          representative: id as never,
          area: "login",
          ...origin,
          method: "password",
          previousSignInAt: null,
        }),
      );
    const ended: string[] = [];
    using _listener = signIns.onRevoked(({ representative }) => ended.push(representative));
    const first = await signIn();
    await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "False" });
    expect([await signIns.find(first, "login", ""), ended]).toEqual([null, [id]]);
    expect((await account("carol"))!.is_disabled).toBe(1);
    await patch(`/Users/${id}`, { op: "Replace", path: "active", value: "True" });
    expect((await account("carol"))!.is_disabled).toBe(0);
    const second = await signIn();
    const off = await patch(`/Users/${id}`, { op: "replace", value: { active: false } });
    expect(off.json["active"]).toBe(false);
    expect(await signIns.find(second, "login", "")).toBeNull();
    await patch(`/Users/${id}`, { op: "replace", value: { active: true } });
  });

  test("names and addresses change by the paths Entra writes; what nobody keeps is passed over", async () => {
    const { id } = (await account("carol"))!;
    const { status, json } = await patch(
      `/Users/${id}`,
      { op: "Replace", path: 'emails[type eq "work"].value', value: "carol.green@example.com" },
      { op: "Replace", path: "displayName", value: "Carol Green" },
      { op: "Add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", value: "IT" },
      { op: "Add", path: "title", value: "Lead" },
    );
    expect({ status, ...json }).toMatchObject({ status: 200, displayName: "Carol Green" });
    expect(await account("carol")).toMatchObject({ email: "carol.green@example.com", display_name: "Carol Green" });
    const { json: renamed } = await patch(`/Users/${id}`, { op: "Replace", path: "userName", value: "carol.green" });
    expect(renamed).toMatchObject({ id, userName: "carol.green" });
    await ask("PUT", `/Users/${id}`, entraUser("carol"));
    expect(await account("carol")).toMatchObject({ id, display_name: "carol Example" });
  });

  test("groups bring what the mapping says, by Entra's and Okta's ways to add and to remove", async () => {
    const { id } = (await account("carol"))!;
    const { json: group } = await ask("POST", "/Groups", { schemas: [`${SCIM_CORE}:Group`], displayName: "Support" });
    expect(group).toMatchObject({ displayName: "Support", members: [] });
    await patch(`/Groups/${group.id}`, { op: "Add", path: "members", value: [{ value: id }] });
    expect(await policiesOf("carol")).toEqual([policy]);
    await patch(`/Groups/${group.id}`, { op: "Remove", path: "members", value: [{ value: id }] });
    expect(await policiesOf("carol")).toEqual([]);
    await patch(`/Groups/${group.id}`, { op: "replace", path: "members", value: [{ value: id, display: "carol" }] });
    expect(await policiesOf("carol")).toEqual([policy]);
    await patch(`/Groups/${group.id}`, { op: "remove", path: `members[value eq "${id}"]` });
    expect(await policiesOf("carol")).toEqual([]);
    await patch(`/Groups/${group.id}`, { op: "add", value: { members: [{ value: id }] } });
    expect((await ask("GET", `/Groups/${group.id}`)).json["members"]).toEqual([{ value: id }]);
    const lean = await ask(
      "GET",
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "Support"')}`,
    );
    expect(lean.json.Resources).toMatchObject([{ id: group.id, displayName: "Support" }]);
    expect(lean.json.Resources[0]).not.toHaveProperty("members");
    await patch(`/Groups/${group.id}`, { op: "replace", value: { id: group.id, displayName: "Former support" } });
    expect(await policiesOf("carol")).toEqual([]);
    await patch(`/Groups/${group.id}`, { op: "replace", value: { displayName: "Support" } });
    expect(await policiesOf("carol")).toEqual([policy]);
    expect((await ask("DELETE", `/Groups/${group.id}`)).status).toBe(204);
    expect(await policiesOf("carol")).toEqual([]);
  });

  test("who is removed stays as a switched-off account, and comes back as the same one", async () => {
    const { json: made } = await ask("POST", "/Users", entraUser("dave"));
    expect((await ask("DELETE", `/Users/${made.id}`)).status).toBe(204);
    expect((await ask("GET", `/Users/${made.id}`)).status).toBe(404);
    expect(await account("dave")).toMatchObject({ is_disabled: 1, external_id: null });
    const again = await ask("POST", "/Users", entraUser("dave"));
    expect(again).toMatchObject({ status: 201, json: { id: made.id, active: true } });
  });

  test("a local account is neither seen nor taken over", async () => {
    const taken = await ask("POST", "/Users", entraUser(ADMINISTRATOR));
    expect(taken).toMatchObject({ status: 409, json: { scimType: "uniqueness", status: "409" } });
    expect(taken.json["detail"]).toContain("never taken over");
    const { id } = (await account(ADMINISTRATOR))!;
    for (const [method, body] of [
      ["GET", undefined],
      ["PATCH", { Operations: [{ op: "replace", value: { active: false } }] }],
      ["DELETE", undefined],
    ] as const)
      expect((await ask(method, `/Users/${id}`, body)).status).toBe(404);
    const { json: group } = await ask("POST", "/Groups", { displayName: "Intruders" });
    const forced = await patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: id }] });
    expect(forced.status).toBe(400);
    expect((await account(ADMINISTRATOR))!.is_disabled).toBe(0);
  });

  test("without the right token nothing is told; a new token ends the old one; it is kept as a hash", async () => {
    for (const bearer of ["", "wrong", "A".repeat(43)])
      expect(await ask("GET", "/Users", undefined, bearer)).toMatchObject({ status: 401, json: { status: "401" } });
    const former = directory.bearer;
    await directory.renewToken();
    expect((await ask("GET", "/Users", undefined, former)).status).toBe(401);
    expect((await ask("GET", "/Users")).status).toBe(200);
    const rows = await site.core.database.queries.selectFrom("providers").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(directory.bearer);
    const { version } = await admin.json<Provider>("GET", `/api/login/providers/${provider.id}`);
    await admin.json("PATCH", `/api/login/providers/${provider.id}`, { version, isEnabled: false });
    expect((await ask("GET", "/Users")).status).toBe(401);
    await admin.json("PATCH", `/api/login/providers/${provider.id}`, { version: version + 1, isEnabled: true });
  });

  test("bad bodies, filters and paths are refused in the standard's words, and nothing fails inside", async () => {
    const { id } = (await account("carol"))!;
    const answers = [
      await ask("POST", "/Users", "no JSON"),
      await ask("POST", "/Users", []),
      await ask("POST", "/Users", {}),
      await ask("POST", "/Users", { userName: "two words" }),
      await ask("POST", "/Users", { userName: 7 }),
      await ask("PATCH", `/Users/${id}`, { Operations: "all" }),
      await patch(`/Users/${id}`, { op: "explode", path: "active", value: true }),
      await patch(`/Users/${id}`, { op: "replace", path: "active", value: "perhaps" }),
      await patch(`/Users/${id}`, { op: "replace", path: "userName", value: "" }),
      await patch(`/Users/${id}`, { op: "replace", path: "userName", value: ADMINISTRATOR }),
      await ask("GET", `/Users?filter=${encodeURIComponent('((("')}`),
      await ask("POST", "/Groups", { displayName: "" }),
      await ask("GET", "/Groups/unknown"),
    ];
    for (const { status, json } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(json).toMatchObject({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: String(status) });
    }
    expect(site.log.filter((line) => line.includes("SCIM"))).toEqual([]);
  });

  test("it says what it can do", async () => {
    expect((await ask("GET", "/ServiceProviderConfig")).json).toMatchObject({ patch: { supported: true } });
    expect((await ask("GET", "/ResourceTypes")).json).toMatchObject({ totalResults: 2 });
    expect((await ask("GET", "/Schemas")).json.Resources).toMatchObject([{ name: "User" }, { name: "Group" }]);
    expect((await ask("GET", "/Users?startIndex=1&count=1")).json).toMatchObject({ itemsPerPage: 1, startIndex: 1 });
  });
});
