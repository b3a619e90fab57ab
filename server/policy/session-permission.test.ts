import { describe, expect, test } from "bun:test";
import type { SessionGrant } from "../../protocol/session-policy.ts";
import { type SessionPermission, sessionPermissions, wordsOfPermission } from "../../protocol/permissions.ts";
import {
  actorOf,
  ALLOW,
  ASK,
  decideOn,
  DENY,
  groupPolicy,
  jumpItem,
  policiesOf,
  sessionPolicy,
} from "../test/test-policies.ts";
import { defaultGlobalRules } from "./default-rules.ts";
import type { Policies } from "./policies.ts";

const SEES = { "jump-items.see-all": true };
const globally = (grants: Partial<Record<SessionPermission, SessionGrant>>): Policies["globalRules"] => ({
  ...defaultGlobalRules,
  grants: { ...defaultGlobalRules.grants, ...grants },
});

describe("JUMP-30 the first layer that defines a permission decides", () => {
  /** Every way three layers can be defined over a global one, strongest first. */
  const values = ["allow", "deny", "not-defined"] as const;
  const cases = values.flatMap((item) =>
    values.flatMap((user) =>
      values.flatMap((group) => (["allow", "deny"] as const).map((last) => [item, user, group, last] as const)),
    ),
  );
  const grant = (value: (typeof values)[number]) =>
    value === "not-defined" ? {} : { "shell.use": { value, isAsked: false } };

  test.each(cases)(
    "JUMP-30 SPOL-02 SPOL-03 Jump Item %s > user %s > group policy %s > global %s",
    (item, user, group, last) => {
      const policies = policiesOf({
        sessionPolicies: [sessionPolicy("item", grant(item)), sessionPolicy("user", grant(user))],
        groupPolicies: [
          groupPolicy("one", {
            settings: {
              unattendedSessionPolicy: {
                value: { kind: "custom", rules: { grants: grant(group), prompting: null } },
                isFinal: false,
              },
            },
          }),
        ],
        globalRules: globally({ "shell.use": { value: last, isAsked: false } }),
      });
      const own = { ...SEES, unattendedSessionPolicy: { kind: "policy", id: "user" } } as const;
      const actor = actorOf(policies, { own, groupPolicies: new Set(["one"]) });
      const { outcome, because } = decideOn(policies, actor, "shell.use", jumpItem({ absentPolicy: "item" }));
      const layers = [item, user, group, last];
      const at = layers.findIndex((value) => value !== "not-defined");
      expect<string>(outcome).toBe(layers[at]!);
      if (because.rule !== "session-policy") throw new Error(because.rule);
      const names = ["jump-item", "user", "group-policy", "global"];
      expect<string[][]>(because.path.map(({ layer, value }) => [layer, value])).toEqual(
        layers.slice(0, at + 1).map((value, index) => [names[index]!, value]),
      );
    },
  );

  test("JUMP-31 a Jump Item's policy for a present customer and the one for nobody there are two", () => {
    const policies = policiesOf({
      sessionPolicies: [
        sessionPolicy("present", { "shell.use": DENY }),
        sessionPolicy("absent", { "shell.use": ALLOW }),
      ],
    });
    const actor = actorOf(policies, { own: SEES });
    const item = { presentPolicy: "present", absentPolicy: "absent" };
    const outcome = (presence: "present" | "absent") =>
      decideOn(policies, actor, "shell.use", jumpItem({ ...item, presence })).outcome;
    expect([outcome("present"), outcome("absent")]).toEqual(["deny", "allow"]);
  });

  test("SPOL-02 SPOL-05 an account's attended and unattended permissions are two", () => {
    const policies = policiesOf({ sessionPolicies: [sessionPolicy("strict", { "shell.use": DENY })] });
    const own = { ...SEES, attendedSessionPolicy: { kind: "policy", id: "strict" } } as const;
    const actor = actorOf(policies, { own });
    const outcome = (presence: "present" | "absent") =>
      decideOn(policies, actor, "shell.use", jumpItem({ presence })).outcome;
    expect([outcome("present"), outcome("absent")]).toEqual(["deny", "allow"]);
  });
});

describe("asking the customer", () => {
  const asking = (whenUnanswered: "allow" | "deny") =>
    policiesOf({
      sessionPolicies: [sessionPolicy("asks", { "shell.use": ASK }, { timeoutSeconds: 45, whenUnanswered })],
    });
  const decided = (whenUnanswered: "allow" | "deny", presence: "present" | "absent") => {
    const policies = asking(whenUnanswered);
    const item = jumpItem({ presence, presentPolicy: "asks", absentPolicy: "asks" });
    return decideOn(policies, actorOf(policies, { own: SEES }), "shell.use", item);
  };

  test("a present customer is asked, and the decision says for how long and what silence means", () => {
    expect(decided("allow", "present")).toMatchObject({
      outcome: "ask",
      because: { timeoutSeconds: 45, whenUnanswered: "allow", isUnanswerable: false },
    });
  });

  test("JUMP-13 with nobody at the computer there is nobody to ask: refused where silence means no, allowed where it means yes", () => {
    expect(decided("deny", "absent")).toMatchObject({ outcome: "deny", because: { isUnanswerable: true } });
    expect(decided("allow", "absent")).toMatchObject({ outcome: "allow", because: { isUnanswerable: true } });
  });

  test("prompting falls through the layers by itself", () => {
    const policies = policiesOf({
      sessionPolicies: [
        sessionPolicy("asks", { "shell.use": ASK }),
        sessionPolicy("patient", {}, { timeoutSeconds: 300, whenUnanswered: "allow" }),
      ],
    });
    const own = { ...SEES, attendedSessionPolicy: { kind: "policy", id: "patient" } } as const;
    const item = jumpItem({ presence: "present", presentPolicy: "asks" });
    const because = (actor: ReturnType<typeof actorOf>) => decideOn(policies, actor, "shell.use", item).because;
    expect(because(actorOf(policies, { own }))).toMatchObject({ timeoutSeconds: 300, whenUnanswered: "allow" });
    expect(because(actorOf(policies, { own: SEES }))).toMatchObject({ timeoutSeconds: 30, whenUnanswered: "deny" });
  });

  test("a permission nobody can be asked for is simply allowed", () => {
    const policies = policiesOf({ globalRules: globally({ "files.delete": ASK }) });
    const item = jumpItem({ presence: "present" });
    expect(decideOn(policies, actorOf(policies, { own: SEES }), "files.delete", item).outcome).toBe("allow");
  });
});

test("a permission that needs another is denied where that one is, however many lie between", () => {
  for (const permission of sessionPermissions) {
    const { needs } = wordsOfPermission(permission);
    if (needs === undefined) continue;
    const policies = policiesOf({ globalRules: globally({ [permission]: ALLOW, [needs]: DENY }) });
    const decision = decideOn(policies, actorOf(policies, { own: SEES }), permission);
    expect(decision).toEqual({
      outcome: "deny",
      because: { rule: "needs", permission, needed: needs as SessionPermission },
    });
  }
  const policies = policiesOf({ globalRules: globally({ "screen.privacy": ALLOW, "screen.view": DENY }) });
  expect(decideOn(policies, actorOf(policies, { own: SEES }), "screen.privacy").outcome).toBe("deny");
});

test("session policies hold for administrators, too", () => {
  const policies = policiesOf({ globalRules: globally({ "shell.use": DENY }) });
  expect(decideOn(policies, actorOf(policies, { own: { "site.administer": true } }), "shell.use").outcome).toBe("deny");
});
