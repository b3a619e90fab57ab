import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { SessionPolicy, Simulation } from "../../protocol/api/policies.ts";
import { sessionPermissions } from "../../protocol/permissions.ts";
import type { SessionGrants } from "../../protocol/session-policy.ts";
import { lastAudit } from "../test/last-audit.ts";
import { ALLOW, ASK, DENY } from "../test/test-policies.ts";
import { addAccount } from "../test/test-server.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";

const PATH = "/api/login/session-policies";
const everywhere = { users: true, repInvite: true, jumpItems: true };

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const body = (displayName: string, grants: SessionGrants = {}, availability: object = everywhere) => ({
  ...{ displayName, description: "", availability },
  rules: { grants, prompting: null },
});
const create = (...asked: Parameters<typeof body>): Promise<SessionPolicy> =>
  site.admin.json<SessionPolicy>("POST", PATH, body(...asked));
const get = (id: string): Promise<SessionPolicy> => site.admin.json<SessionPolicy>("GET", `${PATH}/${id}`);
const code = async (method: string, path: string, sent?: unknown): Promise<string> =>
  (await site.admin.refusal(method, path, { body: sent })).code;
const messageOf = async (method: string, path: string, sent?: unknown): Promise<string> => {
  const response = await site.admin.request(method, path, { body: sent });
  return ((await response.json()) as { message?: string }).message ?? "";
};

describe("session policies", () => {
  test("have a name of their own, count what they define, and are copied under another name", async () => {
    const made = await create("Look only", { "screen.view": ALLOW, "shell.use": DENY, "screen.control": ASK });
    expect(made).toMatchObject({ codeName: "look_only", definedCount: 3, version: 1 });
    expect(await code("POST", PATH, body("LOOK ONLY"))).toBe("request.conflict");
    const copy = await site.admin.json<SessionPolicy>("POST", `${PATH}/${made.id}/copy`, { displayName: "Look too" });
    expect(copy).toMatchObject({ codeName: "look_too", rules: made.rules, usedBy: { users: 0 } });
    expect((await lastAudit(site.admin, "session-policy.created")).detail["copiedFrom"]).toBe("Look only");
    expect(await code("POST", `${PATH}/${made.id}/copy`, { displayName: "look only" })).toBe("request.conflict");
    await site.admin.json("DELETE", `${PATH}/${copy.id}`);
    expect(await code("GET", `${PATH}/${copy.id}`)).toBe("not_found");
  });

  test("a change says permission by permission what was and what is; a late one is refused", async () => {
    const made = await create("Shells", { "shell.use": ALLOW });
    const change = {
      version: 1,
      rules: {
        grants: { "shell.use": ASK, "screen.view": DENY },
        prompting: { timeoutSeconds: 20, whenUnanswered: "deny" },
      },
    };
    await site.admin.json("PATCH", `${PATH}/${made.id}`, change);
    expect((await lastAudit(site.admin, "session-policy.changed")).detail).toEqual({
      "shell.use": { before: "allow", after: "ask" },
      "screen.view": { before: "not-defined", after: "deny" },
      prompting: { before: null, after: { timeoutSeconds: 20, whenUnanswered: "deny" } },
    });
    expect(await code("PATCH", `${PATH}/${made.id}`, change)).toBe("request.stale");
  });

  test("nobody is asked about what nobody can be asked, or about a no", async () => {
    expect(await code("POST", PATH, body("Asks", { "files.delete": ASK }))).toBe("request.invalid");
    expect(await code("POST", PATH, body("Asks", { "shell.use": { value: "deny", isAsked: true } }))).toBe(
      "request.invalid",
    );
    expect(await code("POST", PATH, body("Asks", { "no.such": ALLOW } as SessionGrants))).toBe("request.invalid");
  });

  test("SPOL-01 one that is not available for users is refused to them; what users have stays available, and stays", async () => {
    const account = await addAccount(site.server.core, "nils", {});
    const path = `/api/login/users/${account}`;
    const closed = await create("For computers", {}, { ...everywhere, users: false });
    const assign = async (id: string) => {
      const { version } = await site.admin.json<{ version: number }>("GET", path);
      return await code("PATCH", path, { version, settings: { attendedSessionPolicy: { kind: "policy", id } } });
    };
    expect(await assign(closed.id)).toBe("request.conflict");
    const open = await create("For people");
    expect(await assign(open.id)).toBe("");
    const used = await get(open.id);
    expect(used).toMatchObject({ usedBy: { users: 1, jumpItems: 0 }, users: [{ id: account, name: "nils" }] });
    const taken = { version: used.version, availability: { ...everywhere, users: false } };
    expect(await messageOf("PATCH", `${PATH}/${open.id}`, taken)).toContain("1 user (nils)");
    expect(await code("PATCH", `${PATH}/${open.id}`, taken)).toBe("request.conflict");
    const harmless = { version: used.version, availability: { ...everywhere, jumpItems: false } };
    expect(await code("PATCH", `${PATH}/${open.id}`, harmless)).toBe("");
    expect(await messageOf("DELETE", `${PATH}/${open.id}`)).toContain("1 user (nils)");
  });

  test("SPOL-06 what a Jump Item has stays available for Jump Items, and stays", async () => {
    const { agent } = await site.jumpClient();
    const policy = await create("At the desk");
    const changes = { presentPolicy: policy.id, absentPolicy: policy.id };
    await site.admin.json("PATCH", "/api/console/jump-items", { ids: [agent.jumpClient], changes });
    const used = await get(policy.id);
    expect(used.usedBy).toEqual({ users: 0, groupPolicies: 0, jumpItems: 1, installers: 0 });
    const taken = { version: used.version, availability: { ...everywhere, jumpItems: false } };
    expect(await code("PATCH", `${PATH}/${policy.id}`, taken)).toBe("request.conflict");
    expect(await code("DELETE", `${PATH}/${policy.id}`)).toBe("request.conflict");
  });

  test("SPOL-07 seeing them is one permission and changing them another", async () => {
    const reader = await site.server.representative("reader", { "session-policies.view": true }, "login");
    const policy = await create("Only read");
    expect((await reader.refusal("GET", `${PATH}/${policy.id}`)).code).toBe("");
    for (const [method, path, sent] of [
      ["POST", PATH, body("Mine")],
      ["PATCH", `${PATH}/${policy.id}`, { version: 1, description: "mine" }],
      ["DELETE", `${PATH}/${policy.id}`, undefined],
      ["PATCH", `${PATH}/global`, await reader.json("GET", `${PATH}/global`)],
    ] as const)
      expect(await reader.refusal(method, path, { body: sent })).toEqual({ status: 403, code: "permission.denied" });
  });
});

describe("the global session policy", () => {
  test("leaves nothing open, keeps count of its changes, and holds at once", async () => {
    const before = await site.admin.json<Pick<SessionPolicy, "rules" | "version">>("GET", `${PATH}/global`);
    expect(Object.keys(before.rules.grants).toSorted()).toEqual([...sessionPermissions].toSorted());
    const { "shell.use": _, ...rest } = before.rules.grants;
    expect(
      await messageOf("PATCH", `${PATH}/global`, { ...before, rules: { ...before.rules, grants: rest } }),
    ).toContain("Missing: Open a shell");
    expect(await code("PATCH", `${PATH}/global`, { ...before, rules: { ...before.rules, prompting: null } })).toBe(
      "request.invalid",
    );
    const changed = { ...before, rules: { ...before.rules, grants: { ...before.rules.grants, "shell.use": DENY } } };
    await site.admin.json("PATCH", `${PATH}/global`, changed);
    expect(await code("PATCH", `${PATH}/global`, changed)).toBe("request.stale");
    expect((await lastAudit(site.admin, "session-policy.changed")).detail).toEqual({
      "shell.use": { before: "allow", after: "deny" },
    });
    expect(site.server.core.policyBook.current().globalRules.grants["shell.use"]).toEqual(DENY);
  });
});

describe("SPOL-08 the simulator", () => {
  test("SPOL-08 says what holds for somebody and a Jump Item now, and what would hold by rules not yet saved", async () => {
    const { agent } = await site.jumpClient();
    const representative = await addAccount(site.server.core, "simone", "representative");
    const policy = await create("Simulated", { "files.browse": DENY });
    const ids = [agent.jumpClient];
    await site.admin.json("PATCH", "/api/console/jump-items", { ids, changes: { absentPolicy: policy.id } });
    const ask = { representative, startMethod: "jump-client", jumpItem: agent.jumpClient, presence: "absent" };
    const simulate = async (edited: object | null, permission: string) => {
      const { results } = await site.admin.json<Simulation>("POST", `${PATH}/simulate`, { ...ask, edited });
      return results.find((result) => result.permission === permission);
    };
    expect(await simulate(null, "files.browse")).toMatchObject({
      outcome: "deny",
      because: { rule: "session-policy", path: [{ layer: "jump-item", sessionPolicy: { id: policy.id } }] },
    });
    const rules = { grants: { "files.browse": ALLOW }, prompting: null };
    expect(await simulate({ sessionPolicy: policy.id, rules }, "files.browse")).toMatchObject({ outcome: "allow" });
    expect(await simulate(null, "files.upload")).toMatchObject({ outcome: "deny", because: { rule: "needs" } });
    const choices = await site.admin.json("GET", `${PATH}/simulate/choices?search=simone`);
    expect(choices).toEqual({ representatives: [{ id: representative, name: "simone" }], jumpItems: [] });
    const nothing = "A".repeat(22);
    expect(await code("POST", `${PATH}/simulate`, { ...ask, jumpItem: nothing, edited: null })).toBe("not_found");
    expect(await code("POST", `${PATH}/simulate`, { ...ask, representative: nothing, edited: null })).toBe("not_found");
    const unknown = { sessionPolicy: nothing, rules };
    expect(await code("POST", `${PATH}/simulate`, { ...ask, edited: unknown })).toBe("not_found");
  });
});
