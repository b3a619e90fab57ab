import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Team, Teams } from "../../protocol/api/users.ts";
import { addManyAccounts, makePolicy, member, TEAMS, USERS } from "../test/account-scenes.ts";
import { addJumpPolicy } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

let site: TestServer;
let anna: TestBrowser;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
});
afterAll(() => site[Symbol.asyncDispose]());

const get = (id: string) => anna.json<Team>("GET", `${TEAMS}/${id}`);
const make = (name: string, change: object = {}) =>
  anna.json<Team>("POST", TEAMS, { name, comments: "", members: [], ...change });

describe("teams", () => {
  test("they have members, leads and managers, a code name of their own, and a history with before and after", async () => {
    const [rosa, karl] = [await addAccount(site.core, "rosa", {}), await addAccount(site.core, "karl", {})];
    const team = await make("Größe & Co.", { members: [{ user: rosa, role: "lead" }] });
    expect(team).toMatchObject({ codeName: "grosse_co", version: 1, members: [{ user: rosa, role: "lead" }] });
    expect((await make("Große & Co")).codeName).toBe("grosse_co_2");
    const members = [
      { user: karl, role: "member" },
      { user: rosa, role: "manager" },
    ];
    expect(await anna.json("PATCH", `${TEAMS}/${team.id}`, { version: 1, members, comments: "North" })).toMatchObject({
      version: 2,
      members: [{ name: "karl" }, { name: "rosa", role: "manager" }],
    });
    const { rows } = await anna.json<{ rows: { detail: unknown }[] }>("GET", `${TEAMS}/${team.id}/history?limit=1`);
    expect(rows[0]!.detail).toEqual({
      comments: { before: "", after: "North" },
      members: { set: { karl: "member", rosa: "manager" }, setCount: 2, removed: [], removedCount: 0 },
    });
    const { rights } = { rights: await site.core.policyBook.rightsOf(rosa) };
    expect([...rights.ledTeams]).toEqual([team.id]);
    expect([...rights.ledUsers]).toEqual([karl]);
    expect(await anna.json("GET", `${USERS}/${karl}`)).toMatchObject({ teams: [{ id: team.id, role: "member" }] });
    expect(await anna.json("GET", `${USERS}?team=${team.id}`)).toMatchObject({ total: 2 });
  });

  test("the list is a page of those whose words fit, in whatever case, with how many there are and who leads them", async () => {
    const list = (query = "") => anna.json<Teams>("GET", `${TEAMS}${query}`);
    const lead = await addAccount(site.core, "zoe", {});
    const both = [
      { user: lead, role: "manager" },
      { user: await addAccount(site.core, "yan", {}), role: "member" },
    ];
    const first = await make("Östliche Büros", { comments: "Wien, Graz", members: both });
    await makePolicy(anna, "Eastern people", { teams: [{ team: first.id, role: "lead" }] });
    await addManyTeams(300);
    const { teams, total } = await list("?search=östliche GRAZ");
    expect(total).toBe(1);
    expect(teams).toEqual([
      {
        ...{ id: first.id, name: "Östliche Büros", codeName: first.codeName, comments: "Wien, Graz", version: 1 },
        ...{ members: 2, leads: ["zoe"], groupPolicies: ["Eastern people"] },
      },
    ]);
    const many = await list("?search=crowd");
    expect([many.total, many.teams.length]).toEqual([300, 100]);
    const next = await list("?search=crowd&offset=100&limit=2");
    expect(next.teams.map(({ name }) => name)).toEqual(["Crowd 100", "Crowd 101"]);
    expect((await list("?search=crowd&offset=400")).teams).toEqual([]);
    expect((await list("?search=%25*")).total).toBe(0);
    for (const wrong of ["?limit=501", "?offset=-1", "?name=x"])
      expect((await anna.refusal("GET", `${TEAMS}${wrong}`)).code).toBe("request.invalid");
    const { teams: names } = await anna.json<{ teams: object[] }>("GET", `${TEAMS}/choices`);
    expect(names).toContainEqual({ id: first.id, name: "Östliche Büros" });
    const outsider = await site.representative("outsider", { "users.view": true }, "login");
    for (const end of ["", "/choices"])
      expect((await outsider.refusal("GET", `${TEAMS}${end}`)).code).toBe("permission.denied");
  });

  test("a name or code name is taken once in whatever case, and a stale change is told", async () => {
    const team = await make("North", { codeName: "north" });
    for (const wish of [{ name: "NORTH" }, { name: "Other", codeName: "north" }]) {
      const body = { comments: "", members: [], ...wish };
      expect(await anna.refusal("POST", TEAMS, { body })).toMatchObject({ code: "request.conflict" });
    }
    await anna.json("PATCH", `${TEAMS}/${team.id}`, { version: 1, name: "north" });
    const stale = await anna.request("PATCH", `${TEAMS}/${team.id}`, { body: { version: 1, name: "South" } });
    expect(await stale.json()).toMatchObject({ code: "request.stale", message: expect.stringContaining("by anna on") });
    const stranger = { version: 2, members: [{ user: "G".repeat(22), role: "member" }] };
    expect(await anna.refusal("PATCH", `${TEAMS}/${team.id}`, { body: stranger })).toMatchObject({
      code: "request.conflict",
    });
  });

  test("five thousand members come and go at once, and who is deleted is in no team any more", async () => {
    const ids = await addManyAccounts(site.core, 5000);
    const team = await make("Everybody", { members: ids.map((user) => ({ user, role: "member" })) });
    expect(team.members).toHaveLength(5000);
    await anna.json("DELETE", `${USERS}/${ids[7]!}`);
    expect((await get(team.id)).members).toHaveLength(4999);
    expect((await anna.json<Team>("PATCH", `${TEAMS}/${team.id}`, { version: 1, members: [] })).members).toEqual([]);
  });

  test("a team that a Jump Policy asks for approval stays; one that group policies name goes and takes nobody along", async () => {
    const team = await make("Approvers");
    await addJumpPolicy(site.core, { approval: { team: team.id, validMinutes: 60 } });
    expect(await anna.refusal("DELETE", `${TEAMS}/${team.id}`)).toEqual({ status: 409, code: "request.conflict" });
    const user = await addAccount(site.core, "stays", {});
    const other = await make("Goes");
    await makePolicy(anna, "Names it", { members: [member(user)], teams: [{ team: other.id, role: "member" }] });
    expect((await get(other.id)).groupPolicies).toMatchObject([{ name: "Names it", role: "member" }]);
    await anna.json("DELETE", `${TEAMS}/${other.id}`);
    expect(await anna.json("GET", `${USERS}/${user}`)).toMatchObject({
      teams: [],
      groupPolicies: [{ name: "Names it" }],
    });
  });
});

/** Teams with nobody in them, straight into the table. */
async function addManyTeams(count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(3, "0");
    const names = { name: `Crowd ${number}`, code_name: `crowd_${number}` };
    return {
      id: `crowd-${number}`.padEnd(22, "-"),
      ...names,
      comments: "",
      created_at: "2026-11-21T01:00:00.000Z",
      version: 1,
    };
  });
  await site.core.database.transaction(async (tx) => void (await tx.insertInto("teams").values(rows).execute()));
}
