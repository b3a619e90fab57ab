import { processorTime, stolenShare } from "./machine.ts";
import { expect, test } from "bun:test";
import { formatValue, isKept, quantile } from "./measurement.ts";

test("quantiles are of the nearest rank", () => {
  const samples = [5, 1, 4, 2, 3];
  expect([quantile(samples, 0.5), quantile(samples, 0.99), quantile(samples, 0), quantile([7], 0.5)]).toEqual([
    3, 5, 1, 7,
  ]);
});

test("a promise is kept on its own side", () => {
  const base = { name: "", unit: "", method: "" };
  expect(isKept({ ...base, value: 3, goal: { atMost: 3 } })).toBe(true);
  expect(isKept({ ...base, value: 3, goal: { atLeast: 4 } })).toBe(false);
  expect(isKept({ ...base, value: 3 })).toBeNull();
});

test("figures are short", () => {
  expect([0.4567, 123.456, 12_345.6].map(formatValue)).toEqual(["0.46", "123.5", "12,346"]);
});

test("what the host did not give is told as a share of what was wanted", () => {
  const before = processorTime("cpu  100 10 20 5000 7 3 2 40 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
  const after = processorTime("cpu  160 10 40 9000 7 3 12 50 0 0\n");
  expect(before).toEqual({ busy: 135, stolen: 40 });
  expect(stolenShare(before, after)).toBe(0.1);
  expect(stolenShare(after, after)).toBe(0);
  expect(processorTime().busy).toBeGreaterThan(0);
});
