import { expect, test } from "bun:test";
import { afterFailure, UnknownNames } from "./lock-out.ts";
import { TokenBuckets } from "./token-bucket.ts";

test("a bucket gives its capacity at once, refills with time, never above its capacity", () => {
  const buckets = new TokenBuckets({ capacity: 3, refillPerMinute: 6, maxKeys: 10 });
  const take = (nowMs: number) => buckets.take("a", nowMs);
  expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false]);
  expect([take(9_000), take(10_500), take(10_600)]).toEqual([false, true, false]);
  expect([1, 2, 3, 4].map(() => take(10_000_000))).toEqual([true, true, true, false]);
  expect(buckets.take("b", 0)).toBe(true);
});

test("past its most keys a bucket forgets the one asked for longest ago", () => {
  const buckets = new TokenBuckets({ capacity: 1, refillPerMinute: 0, maxKeys: 2 });
  expect(["a", "b", "a", "c", "a", "b"].map((key) => buckets.take(key, 0))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
});

test("a lock falls with the last failure allowed, stands through later ones and ends by time", () => {
  const rule = { lockOutAfterFailures: 3, lockOutMinutes: 1 };
  let failures = { failed: 0, lockedUntilMs: 0 };
  const fail = (nowMs: number) => (failures = afterFailure(failures, rule, nowMs));
  expect([fail(0), fail(0), fail(0)]).toEqual([
    { failed: 1, lockedUntilMs: 0 },
    { failed: 2, lockedUntilMs: 0 },
    { failed: 0, lockedUntilMs: 60_000 },
  ]);
  expect(fail(30_000)).toEqual({ failed: 0, lockedUntilMs: 60_000 });
  expect(fail(60_000)).toEqual({ failed: 1, lockedUntilMs: 0 });
});

test("names nobody has are counted without regard to case, and only so many of them", () => {
  const names = new UnknownNames();
  names.write("Mallory", { failed: 2, lockedUntilMs: 0 });
  expect(names.read("mallory").failed).toBe(2);
  for (let index = 0; index < 10_000; index += 1) names.write(`name-${index}`, { failed: 1, lockedUntilMs: 0 });
  expect(names.read("mallory").failed).toBe(0);
});
