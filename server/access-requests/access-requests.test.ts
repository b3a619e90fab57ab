import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { AccessRequest } from "../../protocol/api/jump-items.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import type { Team } from "../../protocol/api/users.ts";
import { newId } from "../new-id.ts";
import { addTeam } from "../test/policy-rows.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { addJumpClientUnder, addStarter, STARTING, type Starter, startNeedsOf } from "../test/start-scenes.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { TestClock } from "../test/test-clock.ts";
import { PASSWORD } from "../test/test-server.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";
import { answerRequest } from "./store.ts";

let site: TestSite;
const clock = new TestClock();
beforeAll(async () => {
  site = await startTestSite({ clock });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const account = (settings?: DefinedSettings) => addStarter(site, settings);
const under = (rules: Partial<JumpRules>) => addJumpClientUnder(site, rules);
const REQUESTS = "/api/console/access-requests";

test("NA37 nobody approves their own request, whatever they may do; somebody else does, and it holds for a while", async () => {
  const asker = await account({ "site.administer": true });
  const member = await account();
  const team = await addTeam(site.server.core, { account: asker.id, role: "manager" }, member.id);
  const jumpItem = await under({ approval: { team, validMinutes: 30 } });
  expect((await startNeedsOf(asker.browser, jumpItem)).approval).toMatchObject({
    state: "none",
    by: expect.stringContaining(team),
  });
  using console = await ScriptedConsole.open(asker.browser);
  expect(await console.refusal("session.start", { jumpItem })).toBe("start.approval_required");
  const { id, mayDecide } = await asker.browser.json<AccessRequest>("POST", REQUESTS, {
    jumpItem,
    reason: "Patch night",
  });
  expect(mayDecide).toBe(false);
  expect((await startNeedsOf(asker.browser, jumpItem)).approval).toMatchObject({ state: "waiting", request: id });
  for (const answer of ["approve", "deny"])
    expect((await asker.browser.refusal("POST", `${REQUESTS}/${id}/${answer}`)).code).toBe("permission.denied");
  expect(await console.refusal("session.start", { jumpItem })).toBe("start.approval_required");
  expect((await member.browser.refusal("POST", `${REQUESTS}/${id}/approve`)).code).toBe("not_found");
  expect((await site.admin.json<{ accessRequests: AccessRequest[] }>("GET", REQUESTS)).accessRequests[0]).toMatchObject(
    { id, mayDecide: true },
  );
  const approved = await site.admin.json<AccessRequest>("POST", `${REQUESTS}/${id}/approve`);
  expect(approved).toMatchObject({ state: "approved", decidedBy: "Anna Admin" });
  expect((await site.admin.refusal("POST", `${REQUESTS}/${id}/deny`)).code).toBe("request.conflict");
  expect((await startNeedsOf(asker.browser, jumpItem)).approval).toBeNull();
  clock.advance(31 * 60_000);
  expect((await startNeedsOf(asker.browser, jumpItem)).approval).toMatchObject({ state: "none" });
  using again = await ScriptedConsole.open(asker.browser);
  expect(await again.refusal("session.start", { jumpItem })).toBe("start.approval_required");
});

test("NA37 the statement that answers a request leaves out the requester's own, whatever the rules above it say", async () => {
  const asker = await account();
  const jumpItem = await under({ approval: { team: null, validMinutes: 30 } });
  const { id } = await asker.browser.json<AccessRequest>("POST", REQUESTS, { jumpItem, reason: "x" });
  const answer = { state: "approved", by: asker.id, at: "2026-11-21T00:00:00.000Z", until: null } as const;
  expect(await site.server.core.database.transaction((tx) => answerRequest(tx, id, answer))).toBe(false);
});

describe("NA37 nobody is their own second person", () => {
  const GIVING: DefinedSettings = { ...STARTING, "users.edit": true, "users.view": true, "teams.manage": true };
  const secret = "a password that its maker knows";
  /** Somebody who may make accounts and leads, with a request that waits for a team's answer. */
  async function asks(settings: DefinedSettings = GIVING) {
    const asker = await account(settings);
    const login = site.server.browser();
    await login.signIn("login", asker.name, PASSWORD);
    const team = await addTeam(site.server.core, { account: asker.id, role: "manager" }, (await account()).id);
    const jumpItem = await under({ approval: { team, validMinutes: 30 } });
    const { id } = await asker.browser.json<AccessRequest>("POST", REQUESTS, { jumpItem, reason: "Patch night" });
    return { asker, login, team, jumpItem, request: id };
  }
  async function make(by: TestBrowser, settings: DefinedSettings = STARTING): Promise<Starter> {
    const name = `made-${newId()}`;
    const wish = { username: name, displayName: name, password: secret, settings, mustChangePassword: false };
    const { id } = await by.json<{ id: string }>("POST", "/api/login/users", wish);
    return { id, name, browser: await signedIn(name) };
  }
  async function signedIn(name: string, password = secret): Promise<TestBrowser> {
    const browser = site.server.browser();
    await browser.signIn("console", name, password);
    return browser;
  }
  async function lead(by: TestBrowser, team: string, user: string, role = "lead"): Promise<void> {
    const path = `/api/login/teams/${team}`;
    const { version, members } = await by.json<Team>("GET", path);
    const others = members.filter((member) => member.user !== user).map((member) => ({ ...member, name: undefined }));
    await by.json("PATCH", path, { version, members: [...others, { user, role }] });
  }
  async function refused(browser: TestBrowser, request: string): Promise<void> {
    expect((await browser.refusal("POST", `${REQUESTS}/${request}/approve`)).code).toBe("permission.denied");
    expect((await browser.json<{ accessRequests: unknown[] }>("GET", REQUESTS)).accessRequests).toEqual([]);
  }
  const approve = async (browser: TestBrowser, request: string): Promise<string> =>
    (await browser.json<AccessRequest>("POST", `${REQUESTS}/${request}/approve`)).state;

  test("NA37 an account the asker made does not answer, whoever made it the lead; nor one that such an account made", async () => {
    const { login, team, jumpItem, request, asker } = await asks();
    const second = await make(login, { ...STARTING, "users.edit": true, "users.view": true });
    await lead(login, team, second.id);
    await refused(second.browser, request);
    await lead(site.admin, team, second.id, "member");
    await lead(site.admin, team, second.id, "manager");
    await refused(second.browser, request);
    const seconds = site.server.browser();
    await seconds.signIn("login", second.name, secret);
    const third = await make(seconds);
    await lead(site.admin, team, third.id);
    await refused(third.browser, request);
    expect((await startNeedsOf(asker.browser, jumpItem)).approval).toMatchObject({ state: "waiting" });
  });

  test("NA37 who was made the lead by the asker does not answer, until somebody else makes them one", async () => {
    const { login, team, request } = await asks();
    const other = await account();
    await lead(login, team, other.id);
    await refused(other.browser, request);
    await lead(login, team, other.id, "member");
    await lead(site.admin, team, other.id);
    expect(await approve(other.browser, request)).toBe("approved");
  });

  test("NA37 an account whose password or proofs the asker set does not answer", async () => {
    const { login, team, request } = await asks();
    const [other, third] = [await account(), await account()];
    for (const { id } of [other, third]) await lead(site.admin, team, id);
    await login.json("PATCH", `/api/login/users/${other.id}`, { version: 1, password: secret });
    await refused(await signedIn(other.name), request);
    await login.json("DELETE", `/api/login/users/${third.id}/second-proofs`);
    await refused(await signedIn(third.name, PASSWORD), request);
    expect(await approve(site.admin, request)).toBe("approved");
  });

  test("NA37 who administers the whole site made everybody at a small one: others answer them still", async () => {
    const { login, team, request } = await asks({ "site.administer": true });
    const other = await make(login);
    await lead(login, team, other.id);
    expect(await approve(other.browser, request)).toBe("approved");
  });
});

test("a request is denied or withdrawn; those it concerns hear of it, and nobody else", async () => {
  const asker = await account();
  const lead = await account();
  const stranger = await account();
  const team = await addTeam(site.server.core, { account: lead.id, role: "lead" }, stranger.id);
  const jumpItem = await under({ approval: { team, validMinutes: 30 } });
  using askers = await ScriptedConsole.open(asker.browser);
  using leads = await ScriptedConsole.open(lead.browser);
  using strangers = await ScriptedConsole.open(stranger.browser);
  const first = await asker.browser.json<AccessRequest>("POST", REQUESTS, { jumpItem, reason: "First" });
  expect((await asker.browser.json<AccessRequest>("POST", REQUESTS, { jumpItem, reason: "Twice" })).id).toBe(first.id);
  await leads.socket.next("access-requests.changed");
  await askers.socket.next("access-requests.changed");
  await lead.browser.json("POST", `${REQUESTS}/${first.id}/deny`);
  expect((await startNeedsOf(asker.browser, jumpItem)).approval).toMatchObject({ state: "denied" });
  const second = await asker.browser.json<AccessRequest>("POST", REQUESTS, { jumpItem, reason: "Second" });
  expect((await stranger.browser.refusal("POST", `${REQUESTS}/${second.id}/withdraw`)).code).toBe("not_found");
  expect(await asker.browser.json("POST", `${REQUESTS}/${second.id}/withdraw`)).toMatchObject({ state: "withdrawn" });
  expect((await lead.browser.refusal("POST", `${REQUESTS}/${second.id}/approve`)).code).toBe("request.conflict");
  expect(strangers.socket.history.some(({ type }) => type === "access-requests.changed")).toBe(false);
  expect((await stranger.browser.json<{ accessRequests: unknown[] }>("GET", REQUESTS)).accessRequests).toEqual([]);
});

test("hundreds of requests that somebody makes and takes back, or makes of another team, hide none that waits", async () => {
  const [asker, flooder, lead] = [await account(), await account(), await account()];
  const team = await addTeam(site.server.core, { account: lead.id, role: "lead" }, asker.id);
  const [jumpItem, other] = [
    await under({ approval: { team, validMinutes: 30 } }),
    await under({ approval: { team: null, validMinutes: 30 } }),
  ];
  const { id } = await asker.browser.json<AccessRequest>("POST", REQUESTS, { jumpItem, reason: "Patch night" });
  const rows = Array.from({ length: 1200 }, (_, index) => ({
    ...{ id: newId<string>(), representative: flooder.id, jump_client: index < 600 ? jumpItem : other, reason: "" },
    ...{
      state: index < 600 ? "withdrawn" : "waiting",
      requested_at: new Date(clock.now().getTime() + index).toISOString(),
    },
    ...{ decided_by: null, decided_at: null, valid_until: null },
  }));
  await site.server.core.database.transaction(async (tx) => {
    for (let first = 0; first < rows.length; first += 400)
      await tx
        .insertInto("access_requests")
        .values(rows.slice(first, first + 400))
        .execute();
  });
  const { accessRequests } = await lead.browser.json<{ accessRequests: AccessRequest[] }>("GET", REQUESTS);
  expect(accessRequests).toMatchObject([{ id, mayDecide: true }]);
  const own = await flooder.browser.json<{ accessRequests: AccessRequest[] }>("GET", REQUESTS);
  expect(own.accessRequests).toHaveLength(500);
});

test("who asks and takes back two hundred times in a day asks again the day after", async () => {
  const { browser, name } = await account();
  const jumpItem = await under({ approval: { team: null, validMinutes: 30 } });
  const ask = () => browser.request("POST", REQUESTS, { body: { jumpItem, reason: "again" } });
  for (let count = 0; count < 200; count += 1) {
    const { id } = (await (await ask()).json()) as AccessRequest;
    await browser.json("POST", `${REQUESTS}/${id}/withdraw`);
  }
  expect(await (await ask()).json()).toMatchObject({ code: "request.too_many" });
  clock.jump(86_400_001);
  await browser.signIn("console", name, PASSWORD);
  expect((await ask()).status).toBe(200);
});
