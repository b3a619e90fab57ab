import { afterAll, beforeAll, expect, test } from "bun:test";
import type { GroupPolicyPreview } from "../../protocol/api/users.ts";
import { addManyAccounts, denied, given, GROUP_POLICIES, makePolicy, member } from "../test/account-scenes.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

let site: TestServer;
let anna: TestBrowser;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
});
afterAll(() => site[Symbol.asyncDispose]());

const preview = (id: string, asked: object) =>
  anna.json<GroupPolicyPreview>("POST", `${GROUP_POLICIES}/${id}/preview`, asked);

test("B9 before a change is saved the page can tell from whom it would take what, and nothing has changed", async () => {
  const ids: string[] = [];
  for (const name of ["rosa", "karl", "lena"]) ids.push(await addAccount(site.core, name, {}));
  const [rosa, karl, lena] = ids as [string, string, string];
  const settings = { ...given("audit.view"), ...given("console.use"), maxSignIns: { value: 3, isFinal: false } };
  const policy = await makePolicy(anna, "Desk", { settings, members: [member(rosa), member(karl)] });
  await makePolicy(anna, "No audit", { settings: denied("audit.view"), members: [member(karl)] });
  const version = site.core.policyBook.current().version;
  const changes = {
    settings: { ...given("console.use"), ...given("session.join"), maxSignIns: { value: 2, isFinal: false } },
    members: [member(rosa), member(karl), member(lena)],
  };
  const seen = await preview(policy.id, { changes, user: karl });
  expect(seen).toMatchObject({ people: 3, joining: 1, leaving: 0, inSession: 0, takesLastAdministrator: false });
  expect(seen.settings).toEqual([
    { name: "audit.view", gained: 0, lost: 1, changed: 0 },
    { name: "console.use", gained: 1, lost: 0, changed: 0 },
    { name: "session.join", gained: 3, lost: 0, changed: 0 },
    { name: "maxSignIns", gained: 0, lost: 0, changed: 3 },
  ]);
  const rows = new Map(seen.user!.settings.map((row) => [row.name as string, row]));
  expect(rows.get("audit.view")).toMatchObject({ before: false, after: false, isChanged: false });
  expect(rows.get("session.join")).toMatchObject({ before: false, after: true, isChanged: true });
  const gone = await preview(policy.id, { changes: {}, isDeleted: true });
  expect(gone).toMatchObject({ people: 2, leaving: 2 });
  expect(gone.settings.map(({ name, lost }) => [name, lost])).toEqual([
    ["audit.view", 1],
    ["console.use", 2],
    ["maxSignIns", 0],
  ]);
  expect(site.core.policyBook.current().version).toBe(version);
  expect(await anna.json("GET", `${GROUP_POLICIES}/${policy.id}`)).toMatchObject({
    settings,
    members: 2,
    version: policy.version,
  });
  const { rows: told } = await anna.json<{ rows: unknown[] }>("GET", "/api/login/audit?action=group-policy.changed");
  expect(told).toEqual([]);
});

test("a preview of five thousand people lets others in between", async () => {
  const ids = await addManyAccounts(site.core, 5000);
  const policy = await makePolicy(anna, "Everybody", { settings: given("console.use"), members: ids.map(member) });
  let latestMs = 0;
  let last = performance.now();
  const ticks = setInterval(() => {
    latestMs = Math.max(latestMs, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  const seen = await preview(policy.id, { changes: { settings: {} } });
  clearInterval(ticks);
  expect(seen.settings).toEqual([{ name: "console.use", gained: 0, lost: 5000, changed: 0 }]);
  expect(latestMs).toBeLessThan(1000);
});
