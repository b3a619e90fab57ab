import { expect, test } from "bun:test";
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, reconnectDelayMs } from "./backoff.ts";

test("the first attempt waits at most half a second, and at least half of that", () => {
  expect(reconnectDelayMs(1, 0)).toBe(FIRST_DELAY_MS / 2);
  expect(reconnectDelayMs(1, 0.999999)).toBe(FIRST_DELAY_MS);
});

test("waits double until the longest and stay there", () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 1_000_000].map((attempt) => reconnectDelayMs(attempt, 1 - Number.EPSILON));
  expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  expect(reconnectDelayMs(1_000_000, 0)).toBe(LONGEST_DELAY_MS / 2);
});

test("an attempt number below one counts as the first", () => {
  expect(reconnectDelayMs(0, 0)).toBe(reconnectDelayMs(1, 0));
  expect(reconnectDelayMs(-4, 0)).toBe(reconnectDelayMs(1, 0));
});

test("a thousand consoles spread over half of the ceiling", () => {
  const delays = Array.from({ length: 1000 }, (_, index) => reconnectDelayMs(4, index / 1000));
  expect(Math.min(...delays)).toBe(2000);
  expect(Math.max(...delays)).toBeGreaterThan(3990);
  expect(new Set(delays).size).toBe(1000);
});
