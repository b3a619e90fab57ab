import { expect, test } from "bun:test";
import { idleLeftMs, WARN_BEFORE_MS } from "./idle.ts";

test("a sign-in of five minutes is warned of after four and a half", () => {
  expect(idleLeftMs(0, 4 * 60_000, 5)).toBeGreaterThan(WARN_BEFORE_MS);
  expect(idleLeftMs(0, 4.5 * 60_000, 5)).toBe(WARN_BEFORE_MS);
  expect(idleLeftMs(0, 5 * 60_000 + 1, 5)).toBeLessThan(0);
});
