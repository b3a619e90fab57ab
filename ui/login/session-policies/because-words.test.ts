import { expect, test } from "bun:test";
import type { SessionPolicyStep } from "../../../protocol/decision.ts";
import { becauseSentence, outcomeLabel } from "./because-words.ts";

const step = (change: Partial<SessionPolicyStep>): SessionPolicyStep => ({
  layer: "global",
  sessionPolicy: null,
  groupPolicy: null,
  value: "not-defined",
  isAsked: false,
  ...change,
});

test("SPOL-08 a permission's path is told layer by layer", () => {
  const path = [
    step({ layer: "jump-item", sessionPolicy: { id: "a", name: "Retail floor" } }),
    step({ layer: "group-policy", groupPolicy: { id: "b", name: "Service desk" } }),
    step({ value: "allow" }),
  ];
  const because = {
    rule: "session-policy",
    permission: "input.block",
    path,
    whenUnanswered: null,
    timeoutSeconds: null,
    isUnanswerable: false,
  } as const;
  expect(becauseSentence(because)).toBe(
    "The Jump Item's policy Retail floor, not defined → The rules of group policy Service desk, not defined → The global policy allows.",
  );
  expect(becauseSentence({ ...because, isUnanswerable: true, whenUnanswered: "deny" })).toEndWith(
    "Nobody is there to answer, which counts as denied.",
  );
});

test("SPOL-08 what a role or a missing permission decides is told", () => {
  expect(
    becauseSentence({
      rule: "jump-item-role",
      permission: "session.start",
      role: { id: "r", name: "Start sessions only" },
      source: { kind: "jump-group", jumpGroup: { id: "g", name: "Libraries" } },
      allows: true,
    }),
  ).toBe("The role Start sessions only allows it. Given in the Jump Group Libraries.");
  const removedBy = { id: "p", name: "Contractors" };
  expect(becauseSentence({ rule: "no-jump-item-role", permission: "session.start", removedBy })).toBe(
    "The group policy Contractors takes this person out of the Jump Group, and no other role reaches the Jump Item.",
  );
  expect(becauseSentence({ rule: "needs", permission: "files.upload", needed: "files.browse" })).toBe(
    "It needs “Browse files”, which is denied.",
  );
  expect(outcomeLabel("ask")).toBe("Ask");
});
