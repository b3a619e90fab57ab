import { expect, test } from "bun:test";
import { passwordProblem, repetitionProblem } from "./password-rules.ts";

test("a password has at least 12 characters, and what is missing is said", () => {
  expect(passwordProblem("correct horse")).toBe("");
  expect(passwordProblem("short")).toBe("7 more characters needed: at least 12.");
  expect(passwordProblem("eleven char")).toBe("1 more character needed: at least 12.");
  // Characters, not code units.
  expect(passwordProblem("😀".repeat(6))).toStartWith("6 more");
});

test("the repetition must be the same", () => {
  expect(repetitionProblem("a", "a")).toBe("");
  expect(repetitionProblem("a", "b")).toContain("differ");
});
