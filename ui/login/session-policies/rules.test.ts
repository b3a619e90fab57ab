import { expect, test } from "bun:test";
import type { SessionRules } from "../../../protocol/session-policy.ts";
import { definedCount, ruleChanges, ruleGroups, valueOf, withAsked, withValue } from "./rules.ts";

const nothing: SessionRules = { grants: {}, prompting: null };

test("SPOL-04 a permission is set, asked for, and taken back to not defined", () => {
  const asked = withAsked(withValue(nothing, "screen.view", "allow"), "screen.view", true);
  expect(valueOf(asked, "screen.view")).toBe("allow");
  expect(asked.grants["screen.view"]).toEqual({ value: "allow", isAsked: true });
  expect(withValue(asked, "screen.view", "deny").grants["screen.view"]).toEqual({ value: "deny", isAsked: false });
  expect(definedCount(withValue(asked, "screen.view", "not-defined"))).toBe(0);
  expect(ruleChanges(nothing, asked)).toEqual(["View the screen: Allow, ask first, was Not defined"]);
  expect(ruleChanges(asked, asked)).toEqual([]);
});

test("every group of session permissions has its heading once", () => {
  expect(ruleGroups).toEqual(["Screen sharing", "Command shell", "File transfer", "System", "Session"]);
});
