import { afterAll, beforeAll, expect, test } from "bun:test";
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
