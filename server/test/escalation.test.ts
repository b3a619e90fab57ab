import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { ADMINISTRATOR_ROLE, START_SESSIONS_ROLE } from "../../protocol/built-in-roles.ts";
import type { AccountPermission } from "../../protocol/permissions.ts";
import { newId } from "../new-id.ts";
import { addProvider, GROUP_POLICIES, makePolicy, member, TEAMS, USERS } from "./account-scenes.ts";
import { addJumpGroup, addMember, addRole, addTeam } from "./policy-rows.ts";
import type { TestBrowser } from "./test-browser.ts";
import { addAccount, PASSWORD, startTestServer, type TestServer } from "./test-server.ts";

const notHeld = { status: 403, code: "permission.not_held" };
const done = { status: 200, code: "" };
const EMAIL = "/api/login/email";

/** Somebody who holds a permission that gives to others tries to end up with more than they hold. */
describe("NA11 nobody comes by more than they hold", () => {
  let site: TestServer;
  let anna: TestBrowser;
  let group: string;
  beforeAll(async () => {
    site = await startTestServer();
    anna = await site.administrator();
  });
  afterAll(() => site[Symbol.asyncDispose]());
  beforeEach(async () => {
    group = await addJumpGroup(site.core, `Group ${newId()}`);
  });

  const account = (settings: DefinedSettings = {}) => addAccount(site.core, `user-${newId()}`, settings);
  /** Somebody with these settings, signed in. */
  async function holder(settings: DefinedSettings): Promise<{ id: string; browser: TestBrowser }> {
    const browser = await site.representative(`user-${newId()}`, settings, "login");
    return { browser, id: (await browser.json<{ id: string }>("GET", "/api/login/account")).id };
  }
  /** An API account of this person with these scopes; the header its token comes in. */
  async function program(maker: TestBrowser, scopes: readonly AccountPermission[]): Promise<{ authorization: string }> {
    const asked = { name: newId(), comments: "", scopes, networks: [], expiresAt: null };
    const made = await maker.json<{ apiAccount: { clientId: string }; clientSecret: string }>(
      "POST",
      "/api/login/api-accounts",
      asked,
    );
    const basic = Buffer.from(`${made.apiAccount.clientId}:${made.clientSecret}`).toString("base64");
    const issued = await site.browser().request("POST", "/api/oauth/token", {
      raw: "grant_type=client_credentials",
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    });
    const { access_token: token } = (await issued.json()) as { access_token: string };
    return { authorization: `Bearer ${token}` };
  }
  const patchUser = (browser: TestBrowser, id: string, change: object, version = 1) =>
    browser.refusal("PATCH", `${USERS}/${id}`, { body: { version, ...change } });

  test("NA11 users.edit neither disables, ends, enables nor deletes who may do more", async () => {
    const { browser } = await holder({ "users.edit": true, "users.view": true });
    const more = await account({ "security.edit": true });
    for (const change of [{ isDisabled: true }, { expiresAt: "2020-01-01T00:00:00Z" }, { email: "x@evil.example" }])
      expect(await patchUser(browser, more, change)).toEqual(notHeld);
    expect(await browser.refusal("DELETE", `${USERS}/${more}`)).toEqual(notHeld);
    await anna.json("PATCH", `${USERS}/${more}`, { version: 1, isDisabled: true });
    expect(await patchUser(browser, more, { isDisabled: false }, 2)).toEqual(notHeld);
    const plain = await account({ "users.view": true });
    expect(await patchUser(browser, plain, { isDisabled: true })).toEqual(done);
    expect(await browser.refusal("DELETE", `${USERS}/${plain}`)).toEqual(done);
  });

  test("NA11 users.edit takes over nobody whose Jump Item Roles allow more than one's own", async () => {
    const { browser, id } = await holder({ "users.edit": true, "users.view": true, "console.use": true });
    const technician = await account({ "console.use": true });
    await addMember(site.core, group, technician, START_SESSIONS_ROLE);
    const password = { password: "a new password of mine" };
    expect(await patchUser(browser, technician, password)).toEqual(notHeld);
    expect(await browser.refusal("DELETE", `${USERS}/${technician}/second-proofs`)).toEqual(notHeld);
    // Without the console, too, where they could give the role to others.
    const editor = await account({ "users.edit": true });
    await addMember(site.core, group, editor, START_SESSIONS_ROLE);
    expect(await patchUser(browser, editor, password)).toEqual(notHeld);
    await addMember(site.core, group, id, ADMINISTRATOR_ROLE);
    expect(await patchUser(browser, technician, password)).toEqual(done);
  });

  test("NA11 an API account with the scope users.edit does not take over its maker, nor is it an administrator", async () => {
    const headers = await program(anna, ["users.edit", "users.view"]);
    const maker = (await anna.json<{ id: string }>("GET", "/api/login/account")).id;
    const body = { version: 1, password: "a new password of mine" };
    expect(await site.browser().refusal("PATCH", `${USERS}/${maker}`, { body, headers })).toEqual(notHeld);
    expect(await site.browser().refusal("DELETE", `${USERS}/${maker}/second-proofs`, { headers })).toEqual(notHeld);
  });

  test("NA11 an API account gives the Jump Item Roles its maker has in that Jump Group, being an administrator aside", async () => {
    const scopes = ["jump-groups.manage", "group-policies.edit", "group-policies.view"] as const;
    const own = await addRole(site.core, "jump-items.view");
    const manager = await holder({
      ...{ "jump-groups.manage": true, "group-policies.edit": true, "group-policies.view": true },
      "api-accounts.manage": true,
    });
    await addMember(site.core, group, manager.id, own);
    const byAnna = await program(anna, scopes);
    const byManager = await program(manager.browser, scopes);
    const unscoped = await program(anna, ["group-policies.edit", "group-policies.view"]);
    const managingRoles = await program(anna, [...scopes, "jump-item-roles.manage"]);
    const user = await account();
    const give = (headers: { authorization: string }, role: string | null, to = user) =>
      site.browser().refusal("PUT", `/api/login/jump-groups/${group}/members/${to}`, { body: { role }, headers });
    const policy = (headers: { authorization: string }, role: string | null, to = user) => {
      const jumpGroups = [{ jumpGroup: group, role }];
      const wish = { name: newId(), description: "", settings: {}, members: [member(to)], jumpGroups, teams: [] };
      return site.browser().refusal("POST", GROUP_POLICIES, { body: wish, headers });
    };
    const strong = await account({ defaultJumpItemRole: ADMINISTRATOR_ROLE });
    for (const headers of [byAnna, byManager])
      for (const way of [give, policy]) {
        expect(await way(headers, ADMINISTRATOR_ROLE)).toEqual(notHeld);
        expect(await way(headers, null, strong)).toEqual(notHeld);
        expect(await way(headers, null)).toEqual(done);
      }
    for (const way of [give, policy]) {
      expect((await way({ authorization: `Bearer ${"A".repeat(43)}` }, own)).status).toBe(401);
      expect((await way(unscoped, own)).status).toBe(403);
      expect(await way(byAnna, own)).toEqual(notHeld);
      expect(await way(byManager, own)).toEqual(done);
      expect(await way(managingRoles, ADMINISTRATOR_ROLE)).toEqual(done);
    }
    expect(
      await anna.refusal("PUT", `/api/login/jump-groups/${group}/members/${user}`, { body: { role: own } }),
    ).toEqual(done);
  });

  test("NA11 api-accounts.manage takes over no API account whose maker has stronger Jump Item Roles", async () => {
    const managing = { "jump-groups.manage": true, "api-accounts.manage": true } as const;
    const [strong, weak] = [await holder(managing), await holder(managing)];
    await addMember(site.core, group, strong.id, START_SESSIONS_ROLE);
    const path = "/api/login/api-accounts";
    const wish = { name: newId(), comments: "", scopes: ["jump-groups.manage"], networks: [], expiresAt: null };
    const { apiAccount } = await strong.browser.json<{ apiAccount: { id: string } }>("POST", path, wish);
    const at = `${path}/${apiAccount.id}`;
    expect(await weak.browser.refusal("POST", `${at}/secret`)).toEqual(notHeld);
    expect(await weak.browser.refusal("PATCH", at, { body: { version: 1, networks: [] } })).toEqual(notHeld);
    await addMember(site.core, group, weak.id, START_SESSIONS_ROLE);
    expect(await weak.browser.refusal("POST", `${at}/secret`)).toEqual(done);
    expect(await anna.refusal("POST", `${at}/secret`)).toEqual(done);
  });

  test("NA11 jump-groups.manage gives no default role in place of a weak one that hides a group policy's strong one", async () => {
    const { browser, id } = await holder({ "jump-groups.manage": true, "console.use": true });
    const jumpGroups = [{ jumpGroup: group, role: ADMINISTRATOR_ROLE }];
    await makePolicy(anna, newId(), { members: [member(id)], jumpGroups });
    await addMember(site.core, group, id, await addRole(site.core, "jump-items.view"));
    const path = `/api/login/jump-groups/${group}/members/${id}`;
    expect(await browser.refusal("PUT", path, { body: { role: null } })).toEqual(notHeld);
  });

  test("NA11 teams.manage makes nobody their own lead, nor puts people under a lead who sees their lists", async () => {
    const { browser, id } = await holder({ "teams.manage": true, "jump-items.see-team-lists": true });
    const victim = await account();
    const lead = [{ user: id, role: "lead" }];
    expect(await browser.refusal("POST", TEAMS, { body: { name: newId(), comments: "", members: lead } })).toEqual(
      notHeld,
    );
    const led = await addTeam(site.core, { account: id, role: "lead" }, await account());
    const { members } = await browser.json<{ members: { user: string; role: string }[] }>("GET", `${TEAMS}/${led}`);
    const present = members.map(({ user, role }) => ({ user, role }));
    const wider = { version: 1, members: [...present, { user: victim, role: "member" }] };
    expect(await browser.refusal("PATCH", `${TEAMS}/${led}`, { body: wider })).toEqual(notHeld);
    expect(await browser.refusal("PATCH", `${TEAMS}/${led}`, { body: { version: 1, comments: "ours" } })).toEqual(done);
    const others = { name: newId(), comments: "", members: [{ user: victim, role: "lead" }] };
    expect(await browser.refusal("POST", TEAMS, { body: others })).toEqual(done);
  });

  test("NA11 group-policies.edit with jump-groups.manage gives no role beyond one's own, nor the lead of a team", async () => {
    const giving = { "group-policies.edit": true, "group-policies.view": true } as const;
    const { browser, id } = await holder({ ...giving, "jump-groups.manage": true, "teams.manage": true });
    const policy = await makePolicy(anna, newId());
    const change = (body: object) =>
      browser.refusal("PATCH", `${GROUP_POLICIES}/${policy.id}`, { body: { version: policy.version, ...body } });
    const administrators = [{ jumpGroup: group, role: ADMINISTRATOR_ROLE }];
    expect(await change({ jumpGroups: administrators })).toEqual(notHeld);
    const team = await addTeam(site.core, { account: await account(), role: "lead" }, await account());
    expect(await change({ teams: [{ team, role: "manager" }] })).toEqual(notHeld);
    const strong = await makePolicy(anna, newId(), { jumpGroups: administrators });
    const join = { version: strong.version, members: [member(id)] };
    expect(await browser.refusal("PATCH", `${GROUP_POLICIES}/${strong.id}`, { body: join })).toEqual(notHeld);
    const own = await addRole(site.core, "jump-items.view", "session.start");
    await addMember(site.core, group, id, own);
    expect(await change({ jumpGroups: [{ jumpGroup: group, role: START_SESSIONS_ROLE }] })).toEqual(done);
  });

  test("NA11 settings.edit switches nothing on for the whole site that its holder may not give to a part of it", async () => {
    const needed = {
      hasEndpointTools: "endpoint-tools.configure",
      allowsSimultaneousJumps: "jump-policies.manage",
      ticketCheckUrl: "jump-policies.manage",
      usesScreenState: "session-policies.edit",
    } as const;
    const path = "/api/login/jump-item-settings";
    const before = await anna.json("GET", path);
    const { browser } = await holder({ "settings.edit": true, "settings.view": true });
    for (const [name, permission] of Object.entries(needed)) {
      const after = name === "ticketCheckUrl" ? "https://tickets.example/yes" : before[name] !== true;
      expect(await browser.refusal("PATCH", path, { body: { [name]: after } })).toEqual(notHeld);
      expect(await browser.refusal("PATCH", path, { body: { [name]: before[name] } })).toEqual(done);
      const held = await holder({ "settings.edit": true, "settings.view": true, [permission]: true });
      expect(await held.browser.refusal("PATCH", path, { body: { [name]: after } })).toEqual(done);
      await anna.json("PATCH", path, { [name]: before[name] });
    }
    expect(await anna.json("GET", path)).toEqual(before);
  });

  test("NA11 jump-groups.manage takes no weak role off that hides a stronger one", async () => {
    const { browser, id } = await holder({ "jump-groups.manage": true, "console.use": true });
    await makePolicy(anna, newId(), {
      members: [member(id)],
      jumpGroups: [{ jumpGroup: group, role: ADMINISTRATOR_ROLE }],
    });
    await addMember(site.core, group, id, await addRole(site.core, "jump-items.view"));
    const path = `/api/login/jump-groups/${group}/members/${id}`;
    expect(await browser.refusal("DELETE", path)).toEqual(notHeld);
    expect(await anna.refusal("DELETE", path)).toEqual(done);
  });

  test("NA11 security.edit does not name the mail server that everybody's reset links go through", async () => {
    const { browser } = await holder({ "security.edit": true, "security.view": true });
    const mine = { version: 1, host: "mail.evil.example", from: "support@evil.example" };
    expect(await browser.refusal("PATCH", EMAIL, { body: mine })).toEqual(notHeld);
    expect(await anna.json("GET", EMAIL)).toMatchObject({ host: "" });
  });

  test("NA11 providers.edit steers no provider by which somebody comes who may do more, whatever gave it to them", async () => {
    const { browser } = await holder({ "providers.edit": true, "providers.view": true });
    const id = await addProvider(site.core, {});
    const config = { kind: "scim", signsInBy: null };
    const row = { config: JSON.stringify(config), mapping: JSON.stringify(mapping), secrets: "" };
    const { queries } = site.core.database;
    await queries
      .updateTable("providers")
      .set({ ...row, kind: "scim" })
      .where("id", "=", id)
      .execute();
    const steer = async () => {
      const { version } = await anna.json<{ version: number }>("GET", `/api/login/providers/${id}`);
      return await browser.refusal("PATCH", `/api/login/providers/${id}`, { body: { version, name: newId() } });
    };
    expect(await steer()).toEqual(done);
    const person = await account({ "site.administer": true });
    await queries.updateTable("representatives").set({ provider: id }).where("id", "=", person).execute();
    await site.core.policyBook.changed();
    expect(await steer()).toEqual(notHeld);
    expect(await browser.refusal("POST", `/api/login/providers/${id}/scim-token`)).toEqual(notHeld);
    expect(await browser.refusal("DELETE", `/api/login/providers/${id}`)).toEqual(notHeld);
    const groups = await makePolicy(anna, newId(), { jumpGroups: [{ jumpGroup: group, role: ADMINISTRATOR_ROLE }] });
    const rules = { ...mapping, groupRules: [{ group: "all", groupPolicies: [groups.id], teams: [] }] };
    const made = { name: newId(), isEnabled: true, config, emailDomains: [], mapping: rules };
    expect(await browser.refusal("POST", "/api/login/providers", { body: made })).toEqual(notHeld);
  });

  test("NA11 providers.edit with jump-groups.manage brings nobody into roles beyond one's own, nor to the lead of a team", async () => {
    const managing = { "providers.edit": true, "providers.view": true, "jump-groups.manage": true } as const;
    const { browser, id } = await holder({ ...managing, "teams.manage": true });
    const own = await addRole(site.core, "jump-items.view");
    await addMember(site.core, group, id, own);
    const bring = async (change: Parameters<typeof makePolicy>[2]) => {
      const policy = await makePolicy(anna, newId(), change);
      const rules = { ...mapping, groupRules: [{ group: "all", groupPolicies: [policy.id], teams: [] }] };
      const config = { kind: "scim", signsInBy: null };
      const made = { name: newId(), isEnabled: true, config, emailDomains: [], mapping: rules };
      return await browser.refusal("POST", "/api/login/providers", { body: made });
    };
    const team = await addTeam(site.core, { account: await account(), role: "lead" }, await account());
    expect(await bring({ jumpGroups: [{ jumpGroup: group, role: START_SESSIONS_ROLE }] })).toEqual(notHeld);
    expect(await bring({ teams: [{ team, role: "lead" }] })).toEqual(notHeld);
    expect(await bring({ jumpGroups: [{ jumpGroup: group, role: own }] })).toEqual(done);
    expect(await bring({ teams: [{ team, role: "member" }] })).toEqual(done);
    expect(await bring({ jumpGroups: [{ jumpGroup: group, role: null }] })).toEqual(done);
    await makePolicy(anna, newId(), {
      settings: { defaultJumpItemRole: { value: START_SESSIONS_ROLE, isFinal: false } },
    });
    expect(await bring({ jumpGroups: [{ jumpGroup: group, role: null }] })).toEqual(notHeld);
  });

  test("NA25 a secret of a provider is not sent to another server than it was typed for", async () => {
    const made = await anna.json<{ id: string; version: number }>("POST", "/api/login/providers", {
      name: newId(),
      ...{
        isEnabled: true,
        emailDomains: [],
        mapping,
        secret: "the client's secret",
        config: oidc("https://id.example"),
      },
    });
    const path = `/api/login/providers/${made.id}`;
    const { version } = made;
    const moved = { version, config: oidc("https://evil.example") };
    expect(await anna.refusal("PATCH", path, { body: moved })).toEqual({ status: 400, code: "provider.invalid" });
    expect(await anna.refusal("PATCH", path, { body: { ...moved, secret: "typed again" } })).toEqual(done);
  });

  test("NA11 whoever sits down at somebody's open page does not turn their reset links to themselves", async () => {
    const { browser } = await holder({ "users.view": true });
    site.clock!.advance(11 * 60_000);
    const mine = { body: { email: "me@evil.example" } };
    expect(await browser.refusal("PATCH", "/api/login/account", mine)).toMatchObject({
      code: "sign_in.proof_required",
    });
    expect(await browser.refusal("PATCH", "/api/login/account", { body: { publicName: "R." } })).toEqual(done);
    await browser.json("POST", "/api/login/account/proof", { password: PASSWORD });
    expect(await browser.refusal("PATCH", "/api/login/account", mine)).toEqual(done);
  });

  test("NA38 a right that goes while a request's body comes in is gone when the body is there", async () => {
    const { browser, id } = await holder({ "users.edit": true, "users.view": true });
    const stuck = Promise.withResolvers<void>();
    const text = new TextEncoder().encode(
      JSON.stringify({ username: `late-${newId()}`, displayName: "Late", password: PASSWORD, settings: {} }),
    );
    const raw = new ReadableStream({
      async start(controller) {
        controller.enqueue(text.slice(0, 5));
        await stuck.promise;
        controller.enqueue(text.slice(5));
        controller.close();
      },
    });
    const headers = { "content-type": "application/json" };
    const answer = browser.refusal("POST", USERS, { raw, headers });
    await Bun.sleep(100);
    const version = 1;
    await anna.json("PATCH", `${USERS}/${id}`, { version, settings: {} });
    stuck.resolve();
    expect(await answer).toEqual({ status: 403, code: "permission.denied" });
  });
});

const mapping = {
  attributes: { username: "", displayName: "", email: "", groups: "" },
  createsAccounts: true,
  groupSync: "additive",
  groupRules: [],
};
const oidc = (issuer: string) => ({
  ...{ kind: "oidc", issuer, clientId: "causeway", scopes: "openid" },
  clockSkewSeconds: 60,
});
