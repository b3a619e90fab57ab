import { expect, test } from "bun:test";
import { HISTORY_SECONDS, rateInWords, ScreenStatistics, sparklinePath } from "./screen-statistics.ts";

test("pictures and bits are told by the second, and forgotten with it", () => {
  const statistics = new ScreenStatistics();
  for (let picture = 0; picture < 30; picture++) statistics.received(1000, true);
  statistics.received(5, false);
  const rates = statistics.tick(500);
  expect(rates.picturesPerSecond).toBe(60);
  expect(rates.kilobitsPerSecond).toBeCloseTo(480.08);
  expect(statistics.tick(1000)).toMatchObject({ picturesPerSecond: 0, kilobitsPerSecond: 0 });
});

test("the history keeps one minute", () => {
  const statistics = new ScreenStatistics();
  for (let second = 0; second < 100; second++) statistics.tick(1000);
  expect(statistics.tick(1000).history.length).toBe(HISTORY_SECONDS);
});

test("rates are read in the unit that fits", () => {
  expect(rateInWords(0)).toEqual({ value: "0", unit: "kbit/s" });
  expect(rateInWords(840.4)).toEqual({ value: "840", unit: "kbit/s" });
  expect(rateInWords(4123)).toEqual({ value: "4.1", unit: "Mbit/s" });
});

test("the sparkline begins at the right edge and its highest value touches the top", () => {
  expect(sparklinePath([1], 84, 14)).toBe("");
  expect(sparklinePath([0, 10], 59, 14)).toBe("M58.0,13.0 L59.0,1.0");
});
