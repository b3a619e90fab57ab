import { expect, test } from "bun:test";
import { untilWords, waitMs } from "./until.ts";

test("an end of today is told by its time, a later one with its day", () => {
  const now = new Date(2026, 10, 21, 9, 0);
  expect(untilWords(new Date(2026, 10, 21, 17, 30), now)).toBe("17:30");
  expect(untilWords(new Date(2026, 10, 23, 8, 5), now)).toBe("23 Nov, 08:05");
  expect(untilWords(new Date(2027, 0, 2, 8, 5), now)).toBe("2 Jan 2027, 08:05");
});

test("it is asked again after the next end, and from time to time where ends are far, over or none", () => {
  expect(waitMs([], 1000, 30_000)).toBe(30_000);
  expect(waitMs([6000, 5000], 1000, 30_000)).toBe(4250);
  expect(waitMs([900_000], 1000, 30_000)).toBe(30_000);
  // A clock that is ahead makes nobody ask again and again.
  expect(waitMs([500, 1000], 1000, 30_000)).toBe(30_000);
});
