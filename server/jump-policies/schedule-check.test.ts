import { describe, expect, test } from "bun:test";
import type { ScheduleWindow } from "../../protocol/schedule.ts";
import { checkSchedule } from "./schedule-check.ts";

const window = (startDay: number, startHour: number, endDay: number, endHour: number): ScheduleWindow => ({
  startDay,
  startMinute: startHour * 60,
  endDay,
  endMinute: endHour * 60,
});
const said = (...windows: ScheduleWindow[]): string => {
  try {
    checkSchedule({ timeZone: "Europe/London", windows });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("POLICY-04 a schedule", () => {
  test("POLICY-04 has a time zone that is known and at least one time", () => {
    expect(() => checkSchedule({ timeZone: "Europe/Atlantis", windows: [window(0, 9, 0, 17)] })).toThrow("time zone");
    expect(said()).toContain("at least one time");
    expect(said(window(0, 9, 0, 17))).toBe("");
  });

  test("POLICY-04 has no time that ends when it begins, but may have the whole week", () => {
    expect(said(window(2, 9, 2, 9))).toBe(
      "Wednesday 09:00 to Wednesday 09:00 ends when it begins. Give it a later end.",
    );
    expect(said(window(0, 0, 6, 24))).toBe("");
  });

  test("POLICY-04 says which times overlap, over midnight and the week's end, too; times that touch do not", () => {
    expect(said(window(0, 9, 0, 17), window(0, 16, 0, 18))).toBe(
      "Monday 09:00 to Monday 17:00 and Monday 16:00 to Monday 18:00 overlap. Make one time of them.",
    );
    expect(said(window(6, 20, 0, 5), window(0, 4, 0, 6))).toContain("overlap");
    expect(said(window(0, 4, 0, 6), window(6, 20, 0, 5))).toContain("overlap");
    expect(said(window(1, 9, 1, 17), window(1, 10, 1, 11))).toContain("overlap");
    expect(said(window(0, 0, 6, 24), window(3, 1, 3, 2))).toContain("overlap");
    expect(said(window(6, 20, 0, 5), window(0, 5, 0, 6), window(6, 19, 6, 20))).toBe("");
    expect(said(window(6, 20, 6, 24), window(0, 0, 0, 1))).toBe("");
  });
});
