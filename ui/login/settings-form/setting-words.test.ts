import { expect, test } from "bun:test";
import { accountSettingNames } from "../../../protocol/account-settings.ts";
import { isValidValue, settingGroups, startValue } from "./setting-kinds.ts";
import { policyChangeSentence, sourceSentence, userChangeSentences, valueText } from "./setting-words.ts";

const names = {
  jumpItemRoles: [{ id: "r", name: "Start sessions only" }],
  sessionPolicies: [{ id: "p", name: "Retail floor" }],
};

test("every setting stands in exactly one part of the editor", () => {
  const shown = (["representative", "jump", "session"] as const).flatMap((part) =>
    settingGroups(part).flatMap((group) => group.names),
  );
  expect([...shown].sort()).toEqual([...accountSettingNames].sort());
});

test("a setting that is only just set gives nobody more than before", () => {
  for (const name of accountSettingNames) expect([false, null]).toContain(startValue(name) as never);
});

test("values of every kind are said in words", () => {
  expect(valueText("console.use", true, names)).toBe("Allowed");
  expect(valueText("mustHaveSecondProof", false, names)).toBe("No");
  expect(valueText("defaultJumpItemRole", "r", names)).toBe("Start sessions only");
  expect(valueText("attendedSessionPolicy", { kind: "policy", id: "p" }, names)).toBe("Retail floor");
  expect(valueText("attendedSessionPolicy", { kind: "custom", rules: { grants: {}, prompting: null } }, names)).toBe(
    "Custom rules, 0 permissions defined",
  );
  expect(valueText("signInSchedule", { timeZone: "Europe/London", windows: [] }, names)).toBe("Never");
  expect(valueText("idleSignOutMinutes", 30, names)).toBe("30 minutes");
});

test("what changed is told with what it was", () => {
  expect(userChangeSentences({ "console.use": true }, { maxSignIns: 2 }, names)).toEqual([
    "Use the console: not set here, was Allowed",
    "Sign-ins at once: 2 sign-ins, was not set here",
  ]);
  const saved = { "console.use": { value: true, isFinal: false } };
  expect(policyChangeSentence("console.use", saved, { "console.use": { value: false, isFinal: true } }, names)).toBe(
    "Use the console: Not allowed (final), was Allowed",
  );
});

test("where a value comes from is said, final or not", () => {
  const policy = { id: "g", name: "Service desk" };
  expect(sourceSentence({ kind: "group-policy", policy, isFinal: true })).toBe(
    "From the group policy Service desk, final.",
  );
  expect(sourceSentence({ kind: "default" })).toBe("Nobody sets it: the default.");
});

test("a number is taken only inside its range", () => {
  expect(isValidValue("idleSignOutMinutes", 4)).toBe(false);
  expect(isValidValue("idleSignOutMinutes", 5)).toBe(true);
  expect(isValidValue("maxSignIns", Number.NaN)).toBe(false);
  expect(isValidValue("maxSignIns", null)).toBe(true);
});
