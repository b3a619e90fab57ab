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
