import { describe, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { type JumpItemPermission, jumpItemPermissions } from "../../protocol/permissions.ts";
import {
  accountOf,
  actorOf,
  decideOn,
  groupPolicy,
  jumpGroup,
  jumpItem,
  policiesOf,
  role,
} from "../test/test-policies.ts";
import { compileRights } from "./compile-rights.ts";
import { jumpGroupsWhere } from "./decide.ts";
import { jumpItemRoleOn } from "./jump-item-role.ts";

const roles = ["on-page", "by-policy", "default", "personal", "team", "system"].map((id) => role(id));

describe("ROLE-03 the most specific role wins", () => {
  /** On the Jump Group's page, by a group policy: not in the group, with the account's default role, with a role there. */
  const memberships = ["none", "default", "role"] as const;
  /** The account's own: none, a default role, a system role. */
  const accounts = ["none", "default", "system"] as const;
  const expected = (page: string, policy: string, account: string): string | null => {
    if (page === "role") return "on-page";
    if (policy === "role") return "by-policy";
    const isMember = page === "default" || policy === "default";
    if (isMember && account === "default") return "default";
    return account === "system" ? "system" : null;
  };
  const cases = memberships.flatMap((page) =>
    memberships.flatMap((policy) => accounts.map((account) => [page, policy, account] as const)),
  );

  test("ROLE-03 there are 27 cases", () => expect(cases.length).toBe(27));

  test.each(cases)(
    "ROLE-02 ROLE-03 on the page: %s, by group policy: %s, of the account: %s",
    (page, policy, account) => {
      const given = (how: string, id: string): Map<string, string | null> =>
        new Map(how === "none" ? [] : [["desks", how === "role" ? id : null]]);
      const policies = policiesOf({
        jumpItemRoles: roles,
        groupPolicies: [groupPolicy("one", { jumpGroups: given(policy, "by-policy") })],
      });
      const own = {
        ...(account === "default" ? { defaultJumpItemRole: "default" } : {}),
        ...(account === "system" ? { systemJumpItemRole: "system" } : {}),
      };
      const record = accountOf({ own, groupPolicies: new Set(["one"]), jumpGroups: given(page, "on-page") });
      const found = jumpItemRoleOn(compileRights(record, policies), "desks", policies);
      expect(found?.role.id ?? null).toBe(expected(page, policy, account));
    },
  );
});

test("ROLE-03 GROUP-09 GROUP-10 of several group policies the lowest that names the Jump Group counts, and the page over all", () => {
  const member = (id: string) => groupPolicy(id, { jumpGroups: new Map([["desks", id]]) });
  const policies = policiesOf({
    jumpItemRoles: ["top", "middle", "bottom", "page"].map((id) => role(id)),
    groupPolicies: [member("top"), member("middle"), groupPolicy("bottom")],
  });
  const groupPolicies = new Set(["top", "middle", "bottom"]);
  const roleOf = (jumpGroups = new Map<string, string | null>()) =>
    jumpItemRoleOn(compileRights(accountOf({ groupPolicies, jumpGroups }), policies), "desks", policies);
  expect(roleOf()).toMatchObject({
    role: { id: "middle" },
    source: { kind: "group-policy", policy: { id: "middle" } },
  });
  expect(roleOf(new Map([["desks", "page"]]))).toMatchObject({ role: { id: "page" }, source: { kind: "jump-group" } });
});

describe("JUMP-06 JUMP-07 JUMP-08 who sees a personal list", () => {
  const policies = policiesOf({ jumpItemRoles: roles, jumpGroups: [jumpGroup("of-theo", { owner: "theo" })] });
  const sees = (change: Parameters<typeof actorOf>[1]): string =>
    decideOn(policies, actorOf(policies, change), "jump-items.view", jumpItem({ jumpGroup: "of-theo" })).outcome;
  const ledUsers = new Set(["theo"]);

  test("JUMP-06 its owner does by the personal role, others do not", () => {
    const visible = policiesOf({
      jumpItemRoles: [role("sees", "jump-items.view")],
      jumpGroups: [jumpGroup("of-theo", { owner: "theo" })],
    });
    const own = { personalJumpItemRole: "sees" };
    const item = jumpItem({ jumpGroup: "of-theo" });
    const outcome = (id: string) => decideOn(visible, actorOf(visible, { id, own }), "jump-items.view", item).outcome;
    expect([outcome("theo"), outcome("rosa")]).toEqual(["allow", "deny"]);
  });

  test("JUMP-07 a lead sees it with the permission to see team members' lists, and not without", () => {
    expect(sees({ ledUsers })).toBe("deny");
    expect(sees({ own: { "jump-items.see-team-lists": true } })).toBe("deny");
    expect(sees({ ledUsers, own: { "jump-items.see-team-lists": true } })).toBe("allow");
  });

  test("JUMP-07 what else a lead may do there is the team role's", () => {
    const own = { "jump-items.see-team-lists": true, teamJumpItemRole: "team", systemJumpItemRole: "system" };
    const rights = compileRights(accountOf({ own, ledUsers }), policies);
    expect(jumpItemRoleOn(rights, "of-theo", policies)?.role.id).toBe("team");
    expect(jumpItemRoleOn(rights, "desks", policies)?.role.id).toBe("system");
  });

  test("JUMP-06 JUMP-08 the system role reaches a stranger's list only with the permission to see every Jump Item", () => {
    const roleOf = (own: DefinedSettings, id = "rosa") =>
      jumpItemRoleOn(compileRights(accountOf({ id, own }), policies), "of-theo", policies)?.role.id ?? null;
    const systemJumpItemRole = "system";
    expect(roleOf({ systemJumpItemRole })).toBeNull();
    expect(roleOf({ systemJumpItemRole, "jump-items.see-all": true })).toBe("system");
    expect(roleOf({ systemJumpItemRole }, "theo")).toBe("system");
    expect(roleOf({ systemJumpItemRole, personalJumpItemRole: "personal" }, "theo")).toBe("personal");
  });

  test("JUMP-06 JUMP-08 whoever sees every Jump Item sees it, in Jump Groups one is not in and on lists of strangers, and no more", () => {
    const own = { "jump-items.see-all": true };
    expect(sees({ own })).toBe("allow");
    const actor = actorOf(policies, { own });
    expect(decideOn(policies, actor, "jump-items.view").because).toMatchObject({ permission: "jump-items.see-all" });
    expect(decideOn(policies, actor, "session.start").outcome).toBe("deny");
  });
});

describe("JUMP-04 the matrix of Jump Item Roles", () => {
  test.each(jumpItemPermissions)(
    "JUMP-04 ROLE-04 ROLE-05 ROLE-06 ROLE-07 ROLE-08 ROLE-09 ROLE-10 ROLE-11 ROLE-12 ROLE-13 ROLE-14 a role with just %s gives just that, in its Jump Group alone",
    (permission) => {
      const policies = policiesOf({ jumpItemRoles: [role("one", permission)], jumpGroups: [jumpGroup("other")] });
      const actor = actorOf(policies, { jumpGroups: new Map([["desks", "one"]]) });
      for (const asked of jumpItemPermissions) {
        expect(decideOn(policies, actor, asked).outcome).toBe(asked === permission ? "allow" : "deny");
        const elsewhere = decideOn(policies, actor, asked, jumpItem({ jumpGroup: "other" }));
        expect(elsewhere).toEqual({ outcome: "deny", because: { rule: "no-jump-item-role", permission: asked } });
      }
    },
  );

  test("JUMP-04 an administrator has the Administrator role on every Jump Item", () => {
    const policies = policiesOf({ jumpGroups: [jumpGroup("of-theo", { owner: "theo" })] });
    const actor = actorOf(policies, { own: { "site.administer": true } });
    for (const permission of jumpItemPermissions)
      for (const group of ["desks", "of-theo"])
        expect(decideOn(policies, actor, permission, jumpItem({ jumpGroup: group }))).toMatchObject({
          outcome: "allow",
          because: { rule: "jump-item-role", source: { kind: "administrator" } },
        });
  });

  test("NA19 lists name just the Jump Groups in which the actor holds the permission", () => {
    const policies = policiesOf({
      jumpItemRoles: [role("sees", "jump-items.view"), role("starts", "session.start")],
      jumpGroups: [jumpGroup("a"), jumpGroup("b"), jumpGroup("of-theo", { owner: "theo" })],
    });
    const actor = actorOf(policies, {
      jumpGroups: new Map([
        ["a", "sees"],
        ["b", "starts"],
      ]),
    });
    const where = (permission: JumpItemPermission) => [...jumpGroupsWhere(actor, permission, policies, new Date())];
    expect([where("jump-items.view"), where("session.start")]).toEqual([["a"], ["b"]]);
  });
});
