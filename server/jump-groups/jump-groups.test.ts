import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JumpGroup, JumpGroupChoices, JumpGroups } from "../../protocol/api/administration.ts";
import { lastAudit } from "../test/last-audit.ts";
import { addJumpGroup } from "../test/policy-rows.ts";
import { addAccount } from "../test/test-server.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const PATH = "/api/login/jump-groups";

test("JUMP-05 Jump Groups are created, renamed and deleted; a name is taken once in whatever case", async () => {
  const made = await site.admin.json<{ id: string }>("POST", PATH, { name: "Labs", comments: "" });
  expect((await site.admin.refusal("POST", PATH, { body: { name: "LABS", comments: "" } })).code).toBe(
    "request.conflict",
  );
  const renamed = await site.admin.json("PATCH", `${PATH}/${made.id}`, { name: "Laboratories" });
  expect(renamed).toMatchObject({ name: "Laboratories", jumpClients: 0 });
  await site.admin.json("PATCH", `${PATH}/${made.id}`, { name: "laboratories" });
  await site.admin.json("DELETE", `${PATH}/${made.id}`);
  expect((await site.admin.refusal("DELETE", `${PATH}/${made.id}`)).code).toBe("not_found");
});

test("a Jump Group that holds something stays", async () => {
  await site.jumpClient();
  const refusal = await site.admin.refusal("DELETE", `${PATH}/${site.jumpGroup}`);
  expect(refusal.code).toBe("request.conflict");
  const { jumpGroups } = await site.admin.json<{ jumpGroups: { id: string; jumpClients: number }[] }>("GET", PATH);
  expect(jumpGroups.find((group) => group.id === site.jumpGroup)!.jumpClients).toBe(1);
});

test("a Jump Client is changed, moved and found by its new words", async () => {
  const { agent } = await site.jumpClient();
  const { id } = await site.admin.json<{ id: string }>("POST", PATH, { name: "Kiosks", comments: "" });
  const change = { name: "Kiosk 7", tag: "lobby", comments: "behind the plant", jumpGroup: id };
  const path = `/api/login/jump-clients/${agent.jumpClient}`;
  expect(await site.admin.json("PATCH", path, change)).toMatchObject({ ...change, jumpGroupName: "Kiosks" });
  const found = await site.admin.json<{ jumpClients: { id: string }[]; total: number }>(
    "GET",
    "/api/login/jump-clients?search=PLANT lobby",
  );
  expect([found.total, found.jumpClients[0]!.id]).toEqual([1, agent.jumpClient]);
  expect((await site.admin.refusal("PATCH", path, { body: { jumpGroup: "A".repeat(22) } })).code).toBe("not_found");
  expect((await site.admin.refusal("PATCH", path, { body: { name: "" } })).code).toBe("request.invalid");
});

test("GROUP-01 a Jump Group has a code name of its own, made from its name where none is given, and comments", async () => {
  const made = await site.admin.json<{ id: string; version: number }>("POST", PATH, {
    name: "Front Hall",
    comments: "",
  });
  expect(made).toMatchObject({ codeName: "front_hall", assistance: "both", hasEndpointTools: null, version: 1 });
  expect(await site.admin.json("POST", PATH, { name: "Front-Hall", comments: "" })).toMatchObject({
    codeName: "front_hall_2",
  });
  const taken = { name: "Back Hall", codeName: "front_hall", comments: "" };
  expect((await site.admin.refusal("POST", PATH, { body: taken })).code).toBe("request.conflict");
  const change = { version: made.version, comments: "by the door", codeName: "hall" };
  expect(await site.admin.json("PATCH", `${PATH}/${made.id}`, change)).toMatchObject({ codeName: "hall", version: 2 });
  expect((await lastAudit(site.admin, "jump-group.changed")).detail).toEqual({
    comments: { before: "", after: "by the door" },
    codeName: { before: "front_hall", after: "hall" },
  });
  expect((await site.admin.refusal("PATCH", `${PATH}/${made.id}`, { body: change })).code).toBe("request.stale");
});

test("FLEX-20 which help a Jump Group takes is kept, and decides at once", async () => {
  const made = await site.admin.json<{ id: string }>("POST", PATH, {
    name: "Ward",
    comments: "",
    assistance: "attended",
  });
  const { policyBook } = site.server.core;
  expect(policyBook.current().jumpGroups.get(made.id)?.assistance).toBe("attended");
  await site.admin.json("PATCH", `${PATH}/${made.id}`, { assistance: "unattended" });
  expect(policyBook.current().jumpGroups.get(made.id)?.assistance).toBe("unattended");
});

test("FLEX-34 endpoint tools of a Jump Group are switched by who may configure them, and by nobody else", async () => {
  const manager = await site.server.representative("mona", { "jump-groups.manage": true }, "login");
  const made = await manager.json<{ id: string }>("POST", PATH, { name: "Tools", comments: "" });
  const path = `${PATH}/${made.id}`;
  const change = async () => (await manager.refusal("PATCH", path, { body: { hasEndpointTools: true } })).code;
  expect(await change()).toBe("permission.denied");
  const made2 = { name: "More tools", comments: "", hasEndpointTools: true };
  expect((await manager.refusal("POST", PATH, { body: made2 })).code).toBe("permission.denied");
  const configurer = await site.server.representative(
    "conny",
    { "jump-groups.manage": true, "endpoint-tools.configure": true },
    "login",
  );
  expect(await configurer.json("PATCH", path, { hasEndpointTools: true })).toMatchObject({ hasEndpointTools: true });
  expect(site.server.core.policyBook.current().jumpGroups.get(made.id)?.hasEndpointTools).toBe(true);
  expect((await manager.refusal("PATCH", path, { body: { hasEndpointTools: true, name: "Tools!" } })).code).toBe("");
});

test("JUMP-06 a personal list is no Jump Group of these pages", async () => {
  const { core } = site.server;
  const list = await addJumpGroup(core, "List of otto", await addAccount(core, "otto", {}));
  const { jumpGroups } = await site.admin.json<{ jumpGroups: { id: string }[] }>("GET", PATH);
  expect(jumpGroups.some(({ id }) => id === list)).toBe(false);
  expect((await site.admin.refusal("DELETE", `${PATH}/${list}`)).code).toBe("not_found");
});

test("the list is a page of those whose words fit, in whatever case; pickers ask for names as one types", async () => {
  for (let number = 1; number <= 120; number += 1) await addJumpGroup(site.server.core, `Branch ${1000 + number}`);
  const made = await site.admin.json<JumpGroup>("POST", PATH, { name: "Östliche Büros", comments: "Wien, Graz" });
  const list = (query: string) => site.admin.json<JumpGroups>("GET", `${PATH}?${query}`);
  expect(await list("search=östliche GRAZ")).toEqual({ jumpGroups: [made], total: 1 });
  expect((await list("search=ostliche_buros")).total).toBe(1);
  const first = await list("search=branch");
  expect([first.total, first.jumpGroups.length, first.jumpGroups[0]!.name]).toEqual([120, 100, "Branch 1001"]);
  const next = await list("search=branch&offset=100&limit=2");
  expect(next.jumpGroups.map(({ name }) => name)).toEqual(["Branch 1101", "Branch 1102"]);
  expect((await list("search=branch&offset=200")).jumpGroups).toEqual([]);
  const choices = (query: string) => site.admin.json<JumpGroupChoices>("GET", `${PATH}/choices${query}`);
  expect((await choices("?search=BRANCH")).jumpGroups).toHaveLength(50);
  expect((await choices("?search=büros")).jumpGroups).toEqual([{ id: made.id, name: made.name }]);
  expect((await choices("?search=graz")).jumpGroups).toEqual([]);
  for (const wrong of ["?limit=501", "?offset=-1", "?name=x"])
    expect((await site.admin.refusal("GET", `${PATH}${wrong}`)).code).toBe("request.invalid");
});

test("NA11 one of them is asked for by who manages Jump Groups alone; a personal list is not among them", async () => {
  const owner = await addAccount(site.server.core, "pia", {});
  const personal = await addJumpGroup(site.server.core, "Pia's own", owner);
  expect((await site.admin.refusal("GET", `${PATH}/${personal}`)).code).toBe("not_found");
  expect((await site.admin.json<JumpGroups>("GET", `${PATH}?search=pia`)).total).toBe(0);
  expect((await site.admin.json<JumpGroup>("GET", `${PATH}/${site.jumpGroup}`)).name).toBe("Desks");
  expect((await site.server.browser().refusal("GET", `${PATH}/${site.jumpGroup}`)).code).toBe("sign_in.required");
  const plain = await site.server.representative("paul", { "users.view": true }, "login");
  for (const path of [PATH, `${PATH}/choices`, `${PATH}/${site.jumpGroup}`])
    expect((await plain.refusal("GET", path)).code).toBe("permission.denied");
});
