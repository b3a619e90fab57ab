import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { Decision } from "../../protocol/decision.ts";
import { accountPermissions, permissionNames, permissions, sessionPermissions } from "../../protocol/permissions.ts";
import {
  actorOf,
  ALLOW,
  decideOn,
  groupPolicy,
  jumpGroup,
  jumpItem,
  NOON,
  policiesOf,
  role,
  sessionPolicy,
} from "../test/test-policies.ts";
import { decide } from "./decide.ts";

const SEES = { "jump-items.see-all": true };
const policies = policiesOf();

describe("default deny", () => {
  test("NA11 nobody gets anything but what is open to anyone", () => {
    for (const permission of permissionNames)
      expect(decideOn(policies, null, permission)).toEqual({ outcome: "deny", because: { rule: "not-signed-in" } });
    const open = decide({ actor: null, permission: "anyone", jumpItem: null, policies, now: NOON });
    expect(open.outcome).toBe("allow");
  });

  test("NA11 an account for which nobody defines anything holds nothing", () => {
    const actor = actorOf(policies, { own: { "console.use": false } });
    for (const permission of permissionNames) {
      expect(decideOn(policies, actor, permission).outcome).toBe("deny");
      expect(decideOn(policies, actor, permission, null).outcome).toBe("deny");
    }
  });

  test.each(accountPermissions.filter((name) => name !== "site.administer" && name !== "console.use"))(
    "NA11 an account that was given just %s holds just that of the account's permissions",
    (given) => {
      const actor = actorOf(policies, { own: { "console.use": false, [given]: true } });
      const held = accountPermissions.filter((asked) => decideOn(policies, actor, asked, null).outcome === "allow");
      expect(held).toEqual([given]);
    },
  );

  test("an administrator holds every permission of the account, and says whence", () => {
    const settings = { "site.administer": { value: true, isFinal: true } };
    const site = policiesOf({ groupPolicies: [groupPolicy("admins", { settings })] });
    const actor = actorOf(site, { own: { "console.use": false }, groupPolicies: new Set(["admins"]) });
    for (const permission of accountPermissions) expect(decideOn(site, actor, permission, null).outcome).toBe("allow");
    expect(decideOn(site, actor, "users.view").because).toEqual({
      rule: "administrator",
      source: { kind: "group-policy", policy: { id: "admins", name: "Policy admins" }, isFinal: true },
    });
  });
});

describe("what stands before every other rule", () => {
  test("LOGIN-01 while the console is off, nothing of it is allowed to anybody, and administration is", () => {
    const off = policiesOf({ isConsoleEnabled: false });
    const actor = actorOf(off, { own: { "site.administer": true } });
    for (const permission of permissionNames) {
      const isOfConsole = permissions[permission].scope !== "account" || permissions[permission].group === "Console";
      expect(decideOn(off, actor, permission).because.rule === "console-disabled").toBe(isOfConsole);
    }
  });

  test("whoever may not use the console holds nothing of Jump Items and sessions, whatever the role", () => {
    const site = policiesOf({ jumpItemRoles: [role("all", "jump-items.view", "session.start")] });
    const actor = actorOf(site, { own: { "console.use": false, systemJumpItemRole: "all" } });
    for (const permission of ["session.start", "shell.use"] as const)
      expect(decideOn(site, actor, permission)).toEqual({
        outcome: "deny",
        because: { rule: "needs", permission, needed: "console.use" },
      });
  });

  test("outside the sign-in schedule nothing is allowed, not even one's own account, to administrators neither; it says when next", () => {
    const monday = { startDay: 0, startMinute: 540, endDay: 0, endMinute: 1020 };
    const signInSchedule = { timeZone: "Europe/London", windows: [monday] };
    const actor = actorOf(policies, { own: { "site.administer": true, signInSchedule } });
    const asked = (now: string) =>
      decide({ actor, permission: "signed-in", jumpItem: null, policies, now: new Date(now) });
    expect(asked("2026-11-18T12:00:00Z")).toEqual({
      outcome: "deny",
      because: { rule: "outside-sign-in-schedule", source: { kind: "user" }, nextAt: "2026-11-23T09:00:00.000Z" },
    });
    expect(asked("2026-11-23T09:00:00Z").outcome).toBe("allow");
    expect(decideOn(policies, actor, "users.view").because.rule).toBe("outside-sign-in-schedule");
  });

  test("NA11 an API account has no more than its scopes and no more than who made it, an administrator's neither", () => {
    const own = { "users.view": true, "teams.manage": true };
    const made = actorOf(policies, { own });
    const scopes = new Set(["users.view", "audit.view"] as const);
    const outcome = (actor: typeof made, permission: "users.view" | "teams.manage" | "audit.view" | "shell.use") =>
      decideOn(policies, actor, permission).outcome;
    const program = { ...made, scopes };
    expect(outcome(program, "users.view")).toBe("allow");
    expect(outcome(program, "teams.manage")).toBe("deny");
    expect(outcome(program, "audit.view")).toBe("deny");
    const administrators = { ...actorOf(policies, { own: { "site.administer": true } }), scopes };
    expect(outcome(administrators, "audit.view")).toBe("allow");
    expect(outcome(administrators, "teams.manage")).toBe("deny");
    expect(outcome(administrators, "shell.use")).toBe("deny");
    expect(decideOn(policies, program, "teams.manage").because.rule).toBe("scope-lacks");
  });
});

describe("FLEX-20 which help a Jump Group takes", () => {
  const cases = [
    ["both", "present", "allow"],
    ["both", "absent", "allow"],
    ["attended", "present", "allow"],
    ["attended", "absent", "deny"],
    ["unattended", "present", "deny"],
    ["unattended", "absent", "allow"],
  ] as const;
  test.each(cases)(
    "FLEX-20 a Jump Group that takes %s help, with the customer %s: %s",
    (assistance, presence, outcome) => {
      const site = policiesOf({
        jumpItemRoles: [role("starts", "jump-items.view", "session.start")],
        jumpGroups: [jumpGroup("only", { assistance })],
      });
      const actor = actorOf(site, { own: { systemJumpItemRole: "starts" } });
      const item = jumpItem({ jumpGroup: "only", presence });
      expect(decideOn(site, actor, "session.start", item).outcome).toBe(outcome);
      expect(decideOn(site, actor, "shell.use", item).outcome).toBe(outcome);
      expect(decideOn(site, actor, "jump-items.view", item).outcome).toBe("allow");
      if (outcome === "deny")
        expect(decideOn(site, actor, "session.start", item).because).toEqual({
          rule: "assistance-not-offered",
          jumpGroup: { id: "only", name: "Group only" },
          presence,
        });
    },
  );
});

describe("FLEX-34 endpoint tools", () => {
  const cases = [
    [false, null, "deny"],
    [true, null, "allow"],
    [false, true, "allow"],
    [true, false, "deny"],
  ] as const;
  test.each(cases)("FLEX-34 the site says %p, the Jump Group %p: %s", (hasEndpointTools, own, outcome) => {
    const site = policiesOf({
      hasEndpointTools,
      jumpGroups: [jumpGroup("some", { hasEndpointTools: own })],
      sessionPolicies: [sessionPolicy("given", { "endpoint-tools.use": ALLOW })],
    });
    const choice = { kind: "policy", id: "given" } as const;
    const item = jumpItem({ jumpGroup: "some" });
    const given = actorOf(site, { own: { ...SEES, unattendedSessionPolicy: choice } });
    expect(decideOn(site, given, "endpoint-tools.use", item).outcome).toBe(outcome);
    const notGiven = actorOf(site, { own: SEES });
    expect(decideOn(site, notGiven, "endpoint-tools.use", item).outcome).toBe("deny");
  });

  test("FLEX-34 switching them on is a permission of its own", () => {
    const may = (own: object) => decideOn(policies, actorOf(policies, { own }), "endpoint-tools.configure").outcome;
    expect([may({}), may({ "endpoint-tools.configure": true })]).toEqual(["deny", "allow"]);
  });
});

test("in a session with a Jump Item that no role reaches any more nothing is allowed", () => {
  for (const permission of sessionPermissions)
    expect(decideOn(policies, actorOf(policies), permission).because).toEqual({
      rule: "no-jump-item-role",
      permission,
    });
});

test("every answer is a decision as the protocol describes it", () => {
  const actors = [actorOf(policies), actorOf(policies, { own: { "site.administer": true } }), null];
  for (const actor of actors)
    for (const permission of permissionNames)
      for (const item of [jumpItem(), null])
        expect([...Value.Errors(Decision, decideOn(policies, actor, permission, item))]).toEqual([]);
});
