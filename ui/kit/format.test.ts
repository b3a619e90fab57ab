import { expect, test } from "bun:test";
import {
  formatBitRate,
  formatBytes,
  formatClock,
  formatCount,
  formatDay,
  formatDistance,
  formatDuration,
  formatExact,
  formatPercent,
  formatStamp,
  formatTenths,
  formatTime,
} from "./format.ts";
import { languageFor } from "../languages/languages.ts";
import { speak } from "../languages/say.ts";

test.each([
  [0, "0 B"],
  [512, "512 B"],
  [1023, "1023 B"],
  [1024, "1.0 KB"],
  [1536, "1.5 KB"],
  [10_240, "10 KB"],
  [38 * 1024 ** 2, "38 MB"],
  [1024 ** 2 - 1, "1.0 MB"],
  [4 * 1024 ** 4, "4.0 TB"],
  [9_000 * 1024 ** 5, "9000 PB"],
  [Number.NaN, "unknown"],
  [-1, "unknown"],
])("a size of %p bytes reads %p", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0 s"],
  [999, "0 s"],
  [45_000, "45 s"],
  [3 * 60_000 + 20_000, "3 min"],
  [2 * 3_600_000, "2 h"],
  [9 * 86_400_000 + 4 * 3_600_000 + 59_000, "9 d 4 h"],
  [86_400_000 + 59 * 60_000, "1 d"],
  [3_600_000 + 61_000, "1 h 1 min"],
])("a duration of %p ms reads %p", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("a clock counts minutes, and hours when there are any", () => {
  expect(formatClock(292_000)).toBe("4:52");
  expect(formatClock(3_849_000)).toBe("1:04:09");
  expect(formatClock(-5)).toBe("0:00");
});

test("counts have separators", () => {
  expect(formatCount(24_118)).toBe("24,118");
});

const now = "2026-11-21T14:18:20Z";

test("a time of today is an hour, of this year a day, older a day with its year", () => {
  expect(formatTime("2026-11-21T14:06:03Z", now, "UTC")).toBe("14:06");
  expect(formatTime("2026-11-14T14:06:03Z", now, "UTC")).toBe("14 Nov");
  expect(formatTime("2025-11-14T14:06:03Z", now, "UTC")).toBe("14 Nov 2025");
  expect(formatTime("not a time", now, "UTC")).toBe("");
});

test("today is the reader's day, not UTC's", () => {
  expect(formatTime("2026-11-20T23:30:00Z", "2026-11-21T00:30:00Z", "Europe/Berlin")).toBe("00:30");
  expect(formatTime("2026-11-20T23:30:00Z", "2026-11-21T00:30:00Z", "UTC")).toBe("20 Nov");
});

test("September has three letters as every month", () => {
  expect(formatTime("2026-09-02T08:00:00Z", now, "UTC")).toBe("2 Sep");
});

test("a day is the same day everywhere", () => {
  expect(formatDay("2026-11-01")).toBe("1 Nov 2026");
  expect(formatDay("2026-09-30")).toBe("30 Sep 2026");
  expect(formatDay("some day")).toBe("");
});

test("a log tells the hour whatever the day", () => {
  expect(formatStamp("2026-11-21T14:06:03Z", now, "UTC")).toBe("14:06:03");
  expect(formatStamp("2026-11-14T04:06:03Z", now, "UTC")).toBe("14 Nov, 04:06");
  expect(formatStamp("", now, "UTC")).toBe("");
});

test("the exact time has its zone", () => {
  expect(formatExact("2026-11-14T14:06:03Z", "UTC")).toBe("14 Nov 2026, 14:06:03 UTC");
});

test.each([
  ["2026-11-23T15:00:00Z", "in 2 days"],
  ["2026-11-21T14:15:00Z", "3 min ago"],
  ["2026-11-21T14:18:50Z", "now"],
  ["2026-11-22T16:18:20Z", "in 1 d"],
])("from then, %p is %p", (time, text) => {
  expect(formatDistance(time, now)).toBe(text);
});

test("another language writes dates, fractions and separators its own way", () => {
  speak(languageFor(["de"]), {});
  expect(formatTime("2026-11-14T14:06:03Z", now, "UTC")).toBe("14. Nov.");
  expect(formatBytes(1536)).toBe("1,5 KB");
  expect(formatCount(24_118)).toBe("24.118");
  expect([0.2, 1204].map(formatTenths)).toEqual(["0,2", "1.204,0"]);
  expect(formatPercent(30.6)).toBe("31\u00a0%");
  speak(languageFor(["ja"]), { "in # day\nin # days": "# 日後" });
  expect(formatTime("2025-11-14T14:06:03Z", now, "UTC")).toBe("2025年11月14日");
  expect(formatStamp("2026-11-14T14:06:03Z", now, "UTC")).toBe("11月14日 14:06");
  expect(formatExact("2026-11-14T14:06:03Z", "UTC")).toBe("2026年11月14日 14:06:03 UTC");
  expect(formatDistance("2026-11-25T14:18:20Z", now)).toBe("in 4 days");
  speak(languageFor([]), {});
  expect(`${formatTenths(0.24)} ${formatPercent(30.6)}`).toBe("0.2 31%");
});

test("bits a second have units of a thousand", () => {
  expect([0, 999, 999.5, 640_000, 4_120_000, 999_600_000, 2.5e13, -3].map(formatBitRate)).toEqual([
    "0 bit/s",
    "999 bit/s",
    "1.0 kbit/s",
    "640 kbit/s",
    "4.1 Mbit/s",
    "1.0 Gbit/s",
    "25 Tbit/s",
    "0 bit/s",
  ]);
});
