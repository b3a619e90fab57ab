import { expect, test } from "bun:test";
import { LONGEST_RETRY_MS, refusedDelayMs, retryDelayMs, SHORTEST_RETRY_MS } from "./backoff.ts";

test("the first retry comes within two seconds, every later one within a minute", () => {
  expect(retryDelayMs(0, 0)).toBe(SHORTEST_RETRY_MS);
  expect(retryDelayMs(0, 0.999)).toBeLessThan(2000);
  for (let failures = 0; failures < 200; failures += 1) {
    expect(retryDelayMs(failures, 0)).toBe(SHORTEST_RETRY_MS);
    expect(retryDelayMs(failures, 0.999_999)).toBeLessThanOrEqual(LONGEST_RETRY_MS);
  }
});

test("the range doubles until it reaches a minute", () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6].map((failures) => Math.round(retryDelayMs(failures, 1)));
  expect(ceilings).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("a final refusal is tried again about once an hour", () => {
  expect(refusedDelayMs(0)).toBe(45 * 60_000);
  expect(refusedDelayMs(1)).toBe(75 * 60_000);
});
