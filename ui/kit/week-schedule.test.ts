import { expect, test } from "bun:test";
import {
  lengthOf,
  mondayToFriday,
  movedWindow,
  parseTime,
  type ScheduleWindow,
  segmentsOf,
  stretchedWindow,
  tidied,
  timeText,
  wallTimeIn,
  windowBetween,
  windowText,
} from "./week-schedule.ts";

function from(startDay: number, startMinute: number, endDay: number, endMinute: number): ScheduleWindow {
  return { startDay, startMinute, endDay, endMinute };
}

test("a window over midnight is drawn on both days, Sunday's on Monday, a weekend on each of its days", () => {
  expect(segmentsOf([from(3, 1320, 4, 120)])).toEqual([
    { day: 3, from: 1320, to: 1440, window: 0 },
    { day: 4, from: 0, to: 120, window: 0 },
  ]);
  expect(segmentsOf([from(6, 1320, 0, 60)]).map(({ day }) => day)).toEqual([6, 0]);
  expect(segmentsOf([from(4, 1080, 0, 480)]).map(({ day }) => day)).toEqual([4, 5, 6, 0]);
  expect(segmentsOf([from(0, 0, 0, 1440)])).toHaveLength(1);
  expect(lengthOf(from(0, 0, 6, 1440))).toBe(7 * 1440);
});

test("times are read as people type them and written in one way", () => {
  const read = ["8", "08", "8:30", "0830", "8.30", "24:00", " 0:00 "].map(parseTime);
  expect(read).toEqual([480, 480, 510, 510, 510, 1440, 0]);
  for (const text of ["", "25", "8:60", "24:01", "eight", "8:3", "-1"]) expect(parseTime(text)).toBeNull();
  expect([0, 480, 1440].map(timeText)).toEqual(["00:00", "08:00", "24:00"]);
  expect(windowText(from(3, 1320, 4, 120))).toBe("Thu 22:00 to Fri 02:00");
  expect(windowText(from(0, 480, 0, 1440))).toBe("Mon 08:00 to 24:00");
});

test("moving goes through midnight and round the week, stretching stops at a step and at a week", () => {
  expect(movedWindow(from(0, 0, 0, 60), -15)).toEqual(from(6, 1425, 0, 45));
  expect(movedWindow(from(6, 1425, 0, 45), 15)).toEqual(from(0, 0, 0, 60));
  expect(stretchedWindow(from(0, 60, 0, 90), -60)).toEqual(from(0, 60, 0, 75));
  expect(lengthOf(stretchedWindow(from(0, 0, 0, 90), 99_000))).toBe(7 * 1440);
  expect(windowBetween(4, 1320, 120)).toEqual(from(4, 1320, 5, 120));
  expect(windowBetween(4, 480, 1440)).toEqual(from(4, 480, 4, 1440));
});

test("windows that touch become one, others keep their order in the week", () => {
  expect(tidied([from(1, 600, 1, 700), from(0, 540, 0, 720), from(0, 480, 0, 540), from(0, 600, 0, 660)])).toEqual([
    from(0, 480, 0, 720),
    from(1, 600, 1, 700),
  ]);
  expect(tidied([from(0, 1380, 1, 60), from(1, 30, 1, 120)])).toEqual([from(0, 1380, 1, 120)]);
});

test("Monday's hours are copied to Friday and leave the weekend alone", () => {
  const copied = mondayToFriday([from(0, 480, 0, 1200), from(2, 0, 2, 60), from(5, 540, 5, 960)]);
  const begins = copied.map(({ startDay, startMinute }) => `${startDay} ${startMinute}`);
  expect(begins).toEqual(["0 480", "1 480", "2 480", "3 480", "4 480", "5 540"]);
});

test("the time now is the one on the wall of the schedule's zone, over midnight, Sunday and clock changes", () => {
  const friday = new Date("2026-11-20T23:40:00Z");
  expect(wallTimeIn("UTC", friday)).toEqual({ day: 4, minute: 1420 });
  expect(wallTimeIn("Asia/Tokyo", friday)).toEqual({ day: 5, minute: 520 });
  expect(wallTimeIn("America/New_York", new Date("2026-11-23T02:00:00Z"))).toEqual({ day: 6, minute: 1260 });
  expect(wallTimeIn("Europe/London", new Date("2026-07-06T23:00:00Z"))).toEqual({ day: 1, minute: 0 });
  expect(wallTimeIn("Mars/Olympus", friday)).toBeNull();
});
