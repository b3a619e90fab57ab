import { describe, expect, test } from "bun:test";
import { accountOf, actorOf, decideOn, groupPolicy, jumpItem, policiesOf, role } from "../test/test-policies.ts";
import { compileRights } from "./compile-rights.ts";
import type { GroupPolicy } from "./policies.ts";

/** What a group policy says of the Jump Group "desks": nothing, in with a role of its own, out, each final or not. */
type Says = "-" | "in" | "in final" | "out" | "out final";

function says(id: string, what: Says): GroupPolicy {
  return groupPolicy(id, {
    jumpGroups: new Map(what.startsWith("in") ? [["desks", `role-${id}`]] : []),
    removedJumpGroups: new Set(what.startsWith("out") ? ["desks"] : []),
    areJumpGroupsFinal: what.endsWith("final"),
  });
}

/** Which role the account has in "desks": by which policy, by the Jump Group's page, or who takes it out. */
function standing(policies: readonly [string, Says][], given?: string | null): string {
  const found = compileRights(
    accountOf({
      groupPolicies: new Set(policies.map(([id]) => id)),
      jumpGroups: new Map(given === undefined ? [] : [["desks", given]]),
    }),
    policiesOf({ groupPolicies: [...policies.map(([id, what]) => says(id, what)), says("stranger", "in final")] }),
  );
  const membership = found.jumpGroups.get("desks");
  const removed = found.removedFrom.get("desks");
  expect(membership === undefined || removed === undefined).toBe(true);
  if (membership !== undefined) return membership.role ?? "default role";
  return removed === undefined ? "not in it" : `out by ${removed.id}`;
}

/** Upper policy, lower policy, what comes of it. */
const cases: [Says, Says, string][] = [
  ["-", "-", "not in it"],
  ["in", "-", "role-upper"],
  ["-", "in", "role-lower"],
  ["in", "in", "role-lower"],
  ["in", "out", "out by lower"],
  ["out", "in", "role-lower"],
  ["out", "-", "out by upper"],
  ["-", "out", "out by lower"],
  ["out", "out", "out by lower"],
  ["in final", "in", "role-upper"],
  ["in final", "out", "role-upper"],
  ["in final", "in final", "role-upper"],
  ["in final", "out final", "role-upper"],
  ["out final", "in", "out by upper"],
  ["out final", "in final", "out by upper"],
  ["out final", "-", "out by upper"],
  ["in", "out final", "out by lower"],
  ["out", "in final", "role-lower"],
  ["-", "in final", "role-lower"],
];

describe("SPOL-10 whether what a group policy says of a Jump Group may be overridden", () => {
  test.each(cases)("SPOL-10 upper policy: %s, lower policy: %s: it is %s", (upper, lower, expected) => {
    expect(
      standing([
        ["upper", upper],
        ["lower", lower],
      ]),
    ).toBe(expected);
  });

  test("SPOL-10 of three policies the topmost final one decides, and the lowest where none is final", () => {
    const three = (...all: [Says, Says, Says]) => standing(all.map((what, index) => [String(index), what]));
    expect(three("in", "out final", "in final")).toBe("out by 1");
    expect(three("out", "in final", "out")).toBe("role-1");
    expect(three("in", "out", "in")).toBe("role-2");
    expect(three("in", "in", "out")).toBe("out by 2");
  });

  test("SPOL-10 being final holds for the Jump Groups a policy names, not for others", () => {
    const upper = groupPolicy("upper", { jumpGroups: new Map([["desks", "one"]]), areJumpGroupsFinal: true });
    const lower = groupPolicy("lower", {
      jumpGroups: new Map([["labs", "two"]]),
      removedJumpGroups: new Set(["desks"]),
    });
    const account = accountOf({ groupPolicies: new Set(["upper", "lower"]) });
    const { jumpGroups } = compileRights(account, policiesOf({ groupPolicies: [upper, lower] }));
    expect(Array.from(jumpGroups, ([id, found]) => [id, found.role])).toEqual([
      ["desks", "one"],
      ["labs", "two"],
    ]);
  });

  test("SPOL-10 ROLE-03 a membership given on the Jump Group's own page is the most specific: no policy takes it away", () => {
    for (const what of ["out", "out final", "in", "in final"] as const)
      expect(standing([["one", what]], "own")).toBe("own");
    expect(standing([["one", "out final"]], null)).toBe("default role");
    expect(standing([["one", "in"]], null)).toBe("role-one");
  });

  test("SPOL-10 whoever is taken out does not see the Jump Items, and the decision names the policy", () => {
    const parts = { jumpItemRoles: [role("helper", "jump-items.view")] };
    const upper = groupPolicy("upper", { jumpGroups: new Map([["desks", "helper"]]) });
    const lower = groupPolicy("lower", { removedJumpGroups: new Set(["desks"]) });
    const decided = (groupPolicies: GroupPolicy[], own = {}) => {
      const policies = policiesOf({ ...parts, groupPolicies });
      const actor = actorOf(policies, { groupPolicies: new Set(["upper", "lower"]), own });
      return decideOn(policies, actor, "jump-items.view", jumpItem());
    };
    expect(decided([upper]).outcome).toBe("allow");
    expect(decided([upper, lower])).toEqual({
      outcome: "deny",
      because: {
        rule: "no-jump-item-role",
        permission: "jump-items.view",
        removedBy: { id: "lower", name: "Policy lower" },
      },
    });
    // Out of the Jump Group is not out of what the account reaches without it.
    expect(decided([upper, lower], { systemJumpItemRole: "helper" }).outcome).toBe("allow");
    expect(decided([upper, lower], { defaultJumpItemRole: "helper" }).outcome).toBe("deny");
  });
});
