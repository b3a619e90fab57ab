import { expect, test } from "bun:test";
import { isWindowOpen } from "./update-window.ts";

const every = [1, 2, 3, 4, 5, 6, 7];
const at = (text: string) => new Date(text);

test("a window is open from its first minute to before its last, in the appliance's own time zone", () => {
  const window = { weekdays: every, from: "02:00", to: "04:00" };
  const isOpen = (text: string, zone = "UTC") => isWindowOpen(window, zone, at(text));
  expect(["01:59:59", "02:00:00", "03:59:59", "04:00:00"].map((time) => isOpen(`2026-11-21T${time}Z`))).toEqual([
    ...[false, true, true, false],
  ]);
  expect(isOpen("2026-11-21T01:30:00Z", "Europe/Berlin")).toBe(true);
  expect(isOpen("2026-07-21T00:30:00Z", "Europe/Berlin")).toBe(true);
  expect(isOpen("2026-11-21T02:30:00Z", "Nowhere/Town")).toBe(true);
});

test("a window past midnight belongs to the day it began on", () => {
  // 2026-11-21 is a Saturday.
  const saturday = { weekdays: [6], from: "23:00", to: "02:00" };
  const open = (text: string) => isWindowOpen(saturday, "UTC", at(text));
  expect(open("2026-11-21T23:30:00Z")).toBe(true);
  expect(open("2026-11-22T01:59:00Z")).toBe(true);
  expect(open("2026-11-22T02:00:00Z")).toBe(false);
  expect(open("2026-11-21T01:00:00Z")).toBe(false);
  expect(open("2026-11-22T23:30:00Z")).toBe(false);
});

test("the hour that a clock is set forward leaves out is no window that day; the one it repeats is open twice", () => {
  const night = { weekdays: every, from: "02:00", to: "03:00" };
  const open = (text: string) => isWindowOpen(night, "Europe/Berlin", at(text));
  expect([open("2026-03-29T00:59:00Z"), open("2026-03-29T01:00:00Z")]).toEqual([false, false]);
  expect([open("2026-10-25T00:30:00Z"), open("2026-10-25T01:30:00Z")]).toEqual([true, true]);
});
