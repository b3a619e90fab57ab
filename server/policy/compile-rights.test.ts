import { describe, expect, test } from "bun:test";
import { accountOf, groupPolicy, policiesOf, role } from "../test/test-policies.ts";
import { compileRights } from "./compile-rights.ts";

type Defined = "no" | "yes" | "final";
/** What an upper policy, a lower policy and the user define; each its own number of minutes. */
const cases: [Defined, Defined, boolean, number | null, string][] = [
  ["no", "no", false, null, "default"],
  ["no", "no", true, 30, "user"],
  ["yes", "no", false, 10, "upper"],
  ["yes", "no", true, 30, "user"],
  ["yes", "yes", false, 20, "lower"],
  ["yes", "yes", true, 30, "user"],
  ["no", "yes", false, 20, "lower"],
  ["final", "no", false, 10, "upper"],
  ["final", "no", true, 10, "upper"],
  ["final", "yes", false, 10, "upper"],
  ["final", "yes", true, 10, "upper"],
  ["final", "final", true, 10, "upper"],
  ["yes", "final", false, 20, "lower"],
  ["yes", "final", true, 20, "lower"],
  ["no", "final", true, 20, "lower"],
];

describe("SPOL-09 a setting of an account", () => {
  test.each(cases)(
    "SPOL-09 upper policy: %s, lower policy: %s, the user's own: %p: it is %p",
    (upper, lower, own, value, by) => {
      const settings = (defined: Defined, minutes: number) =>
        defined === "no" ? {} : { idleSignOutMinutes: { value: minutes, isFinal: defined === "final" } };
      const policies = policiesOf({
        groupPolicies: [
          groupPolicy("upper", { settings: settings(upper, 10) }),
          groupPolicy("stranger", { settings: settings("final", 99) }),
          groupPolicy("lower", { settings: settings(lower, 20) }),
        ],
      });
      const groupPolicies = new Set(["upper", "lower"]);
      const account = accountOf({ groupPolicies, own: own ? { idleSignOutMinutes: 30 } : {} });
      const { source, value: found } = compileRights(account, policies).settings.idleSignOutMinutes;
      expect([found, source.kind === "group-policy" ? source.policy.id : source.kind]).toEqual([value, by]);
    },
  );

  test("a value of null is defined, too: it takes away what an upper policy gave", () => {
    const schedule = { timeZone: "UTC", windows: [] };
    const policies = policiesOf({
      groupPolicies: [
        groupPolicy("upper", { settings: { signInSchedule: { value: schedule, isFinal: false } } }),
        groupPolicy("lower", { settings: { signInSchedule: { value: null, isFinal: false } } }),
      ],
    });
    const rights = compileRights(accountOf({ groupPolicies: new Set(["upper", "lower"]) }), policies);
    expect(rights.signInSchedule).toBeNull();
  });

  test("a user's own false takes away what a group policy gave, unless that is final", () => {
    const given = (isFinal: boolean) =>
      policiesOf({
        groupPolicies: [groupPolicy("one", { settings: { "users.view": { value: true, isFinal } } })],
      });
    const account = accountOf({ groupPolicies: new Set(["one"]), own: { "users.view": false } });
    expect([false, true].map((final) => compileRights(account, given(final)).settings["users.view"].value)).toEqual([
      false,
      true,
    ]);
  });
});

describe("SPOL-03 SPOL-05 SPOL-09 the session policies that may decide", () => {
  const choice = (id: string, isFinal = false) => ({ value: { kind: "policy", id }, isFinal }) as const;
  const layersOf = (upper: boolean, lower: boolean, setting: "attendedSessionPolicy" | "unattendedSessionPolicy") => {
    const policies = policiesOf({
      groupPolicies: [
        groupPolicy("upper", { settings: { [setting]: choice("of-upper", upper) } }),
        groupPolicy("lower", { settings: { [setting]: choice("of-lower", lower) } }),
      ],
    });
    const own = { [setting]: { kind: "policy", id: "own" } };
    const rights = compileRights(accountOf({ own, groupPolicies: new Set(["upper", "lower"]) }), policies);
    const presence = setting === "attendedSessionPolicy" ? "present" : "absent";
    const other = rights.sessionLayers[presence === "present" ? "absent" : "present"];
    expect(other).toEqual([]);
    return rights.sessionLayers[presence].map(({ choice: chosen }) => chosen.kind === "policy" && chosen.id);
  };

  test.each(["attendedSessionPolicy", "unattendedSessionPolicy"] as const)(
    "SPOL-03 SPOL-05 SPOL-09 %s: the user's own is stronger than a lower policy's, that stronger than an upper one's; final ends what is below",
    (setting) => {
      expect(layersOf(false, false, setting)).toEqual(["own", "of-lower", "of-upper"]);
      expect(layersOf(false, true, setting)).toEqual(["of-lower", "of-upper"]);
      expect(layersOf(true, false, setting)).toEqual(["of-upper"]);
    },
  );
});

describe("what an account may do with some Jump Item", () => {
  const policies = policiesOf({
    jumpItemRoles: [role("creates", "jump-items.create"), role("sees", "jump-items.view")],
  });
  const held = (change: Parameters<typeof accountOf>[0]) => [
    ...compileRights(accountOf(change), policies).heldSomewhere,
  ];

  test("comes from any role it has anywhere, and a default role counts only in a Jump Group", () => {
    expect(held({})).toEqual([]);
    expect(held({ own: { personalJumpItemRole: "creates" } })).toEqual(["jump-items.create"]);
    expect(held({ own: { defaultJumpItemRole: "creates" } })).toEqual([]);
    expect(held({ own: { defaultJumpItemRole: "creates" }, jumpGroups: new Map([["desks", null]]) })).toEqual([
      "jump-items.create",
    ]);
    expect(held({ jumpGroups: new Map([["desks", "sees"]]) })).toEqual(["jump-items.view"]);
    expect(held({ own: { "jump-items.see-all": true } })).toEqual(["jump-items.view"]);
  });
});
