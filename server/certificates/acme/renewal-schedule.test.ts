import { expect, test } from "bun:test";
import { mayTry, renewAt, retryAt } from "./renewal-schedule.ts";

const HOUR = 3_600_000;
const now = new Date("2026-11-21T08:00:00.000Z");
const later = (ms: number): Date => new Date(now.getTime() + ms);

test("a certificate is renewed so many days before its end, one of a few days when two thirds of them are over", () => {
  const days = (count: number) => ({ notBefore: now, notAfter: later(count * 24 * HOUR) });
  expect(renewAt(days(90), 30)).toEqual(later(60 * 24 * HOUR));
  expect(renewAt(days(90), 10)).toEqual(later(80 * 24 * HOUR));
  expect(renewAt(days(6), 30)).toEqual(later(4 * 24 * HOUR));
});

test("after failures it is tried in an hour, two, four, then once a day, and never before the authority wants it", () => {
  const hours = (failures: number, retryAfterMs: number | null = null, chance = 0): number =>
    (retryAt(now, failures, retryAfterMs, chance).getTime() - now.getTime()) / HOUR;
  expect([1, 2, 3, 5, 6, 1000].map((failures) => hours(failures))).toEqual([1, 2, 4, 16, 24, 24]);
  expect(hours(1, 72 * HOUR)).toBe(72);
  expect(hours(1, null, 1)).toBeCloseTo(1.1);
});

test("a time for the next try that a wrong clock has put years ahead holds nobody up", () => {
  expect(mayTry(null, now)).toBe(true);
  expect(mayTry(later(-1).toISOString(), now)).toBe(true);
  expect(mayTry(later(HOUR).toISOString(), now)).toBe(false);
  expect(mayTry("2045-01-01T00:00:00.000Z", now)).toBe(true);
  expect(mayTry("nonsense", now)).toBe(true);
});
