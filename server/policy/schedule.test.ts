import { describe, expect, test } from "bun:test";
import type { Schedule, ScheduleWindow } from "../../protocol/schedule.ts";
import { isOpen, nextClosing, nextOpening, ScheduleWatch } from "./schedule.ts";

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/** "Mon 20:00 - Tue 17:00". */
function windowOf(text: string): ScheduleWindow {
  const [start, end] = text.split(" - ").map((one) => {
    const [day = "", time = ""] = one.split(" ");
    const [hours = 0, minutes = 0] = time.split(":").map(Number);
    return { day: days.indexOf(day), minute: hours * 60 + minutes };
  });
  return { startDay: start!.day, startMinute: start!.minute, endDay: end!.day, endMinute: end!.minute };
}
const schedule = (timeZone: string, ...windows: string[]): Schedule => ({ timeZone, windows: windows.map(windowOf) });
const open = (one: Schedule, at: string): boolean => isOpen(one, new Date(at));
const opening = (one: Schedule, at: string): string | null => nextOpening(one, new Date(at))?.toISOString() ?? null;
const closing = (one: Schedule, at: string): string | null => nextClosing(one, new Date(at))?.toISOString() ?? null;

const NIGHT = "Wed 20:00 - Thu 17:00";

describe("POLICY-04 POLICY-05 windows of the week", () => {
  // 2026-11-18 is a Wednesday.
  const london = schedule("Europe/London", NIGHT);
  const cases = [
    ["2026-11-18T19:59:59.999Z", false],
    ["2026-11-18T20:00:00.000Z", true],
    ["2026-11-19T00:00:00.000Z", true],
    ["2026-11-19T16:59:59.999Z", true],
    ["2026-11-19T17:00:00.000Z", false],
    ["2026-11-20T20:30:00.000Z", false],
  ] as const;
  test.each(cases)("POLICY-04 POLICY-05 from 8 PM to 5 PM over midnight: at %s it is open: %p", (at, isOpenThen) => {
    expect(open(london, at)).toBe(isOpenThen);
  });

  test("POLICY-04 the same window is another one in Kolkata, half an hour beside full hours", () => {
    const kolkata = schedule("Asia/Kolkata", NIGHT);
    expect(opening(kolkata, "2026-11-18T00:00:00Z")).toBe("2026-11-18T14:30:00.000Z");
    expect(closing(kolkata, "2026-11-18T00:00:00Z")).toBe("2026-11-19T11:30:00.000Z");
  });

  test("POLICY-04 a window from Sunday to Monday reaches over the week's end", () => {
    const weekend = schedule("Europe/London", "Sat 22:00 - Mon 06:00");
    expect(open(weekend, "2026-11-22T12:00:00Z")).toBe(true);
    expect(open(weekend, "2026-11-23T05:59:00Z")).toBe(true);
    expect(open(weekend, "2026-11-23T06:00:00Z")).toBe(false);
    expect(closing(weekend, "2026-11-21T23:00:00Z")).toBe("2026-11-23T06:00:00.000Z");
  });

  test("POLICY-04 24:00 is the end of a day, also of Sunday", () => {
    const sunday = schedule("Europe/London", "Sun 00:00 - Sun 24:00");
    expect(open(sunday, "2026-11-22T23:59:59.999Z")).toBe(true);
    expect(open(sunday, "2026-11-23T00:00:00Z")).toBe(false);
    expect(opening(sunday, "2026-11-22T12:00:00Z")).toBe("2026-11-29T00:00:00.000Z");
  });

  test("POLICY-04 of windows that touch or overlap none closes between", () => {
    const both = schedule("UTC", "Wed 09:00 - Wed 12:00", "Wed 12:00 - Wed 17:00", "Wed 16:00 - Wed 18:00");
    expect(closing(both, "2026-11-18T10:00:00Z")).toBe("2026-11-18T18:00:00.000Z");
    expect(opening(both, "2026-11-18T10:00:00Z")).toBe("2026-11-25T09:00:00.000Z");
  });

  test("POLICY-04 no window, an empty one, an unknown time zone: never open, and no next time", () => {
    for (const never of [schedule("UTC"), schedule("UTC", "Wed 09:00 - Wed 09:00"), schedule("Mars/Olympus", NIGHT)]) {
      expect(open(never, "2026-11-18T21:00:00Z")).toBe(false);
      expect([opening(never, "2026-11-18T21:00:00Z"), closing(never, "2026-11-18T21:00:00Z")]).toEqual([null, null]);
    }
  });

  test("POLICY-03 POLICY-04 the whole week is always open and never closes", () => {
    const always = schedule("Europe/London", "Mon 00:00 - Sun 24:00");
    expect(open(always, "2026-11-22T23:59:59.999Z")).toBe(true);
    expect([opening(always, "2026-11-18T00:00:00Z"), closing(always, "2026-11-18T00:00:00Z")]).toEqual([null, null]);
  });
});

describe("POLICY-04 when clocks are changed", () => {
  // London: 2026-03-29 01:00 -> 02:00, 2026-10-25 02:00 -> 01:00. New York: 2026-03-08 02:00 -> 03:00.
  test("POLICY-04 a window that begins in the hour left out begins when the clock has passed it", () => {
    const london = schedule("Europe/London", "Sun 01:30 - Sun 05:00");
    expect(opening(london, "2026-03-29T00:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
    expect(closing(london, "2026-03-29T00:00:00Z")).toBe("2026-03-29T04:00:00.000Z");
    const newYork = schedule("America/New_York", "Sun 02:15 - Sun 03:30");
    expect(opening(newYork, "2026-03-08T05:00:00Z")).toBe("2026-03-08T07:00:00.000Z");
    expect(closing(newYork, "2026-03-08T05:00:00Z")).toBe("2026-03-08T07:30:00.000Z");
  });

  test("POLICY-04 a window inside the hour left out comes a week later", () => {
    const london = schedule("Europe/London", "Sun 01:10 - Sun 01:50");
    expect(opening(london, "2026-03-28T12:00:00Z")).toBe("2026-04-05T00:10:00.000Z");
  });

  test("POLICY-04 a window in the hour shown twice is open both times", () => {
    const london = schedule("Europe/London", "Sun 01:00 - Sun 01:30");
    expect(opening(london, "2026-10-24T12:00:00Z")).toBe("2026-10-25T00:00:00.000Z");
    expect(closing(london, "2026-10-25T00:10:00Z")).toBe("2026-10-25T00:30:00.000Z");
    expect(opening(london, "2026-10-25T00:30:00Z")).toBe("2026-10-25T01:00:00.000Z");
    expect(closing(london, "2026-10-25T01:10:00Z")).toBe("2026-10-25T01:30:00.000Z");
  });

  test("POLICY-04 a window over the change lasts an hour less or more, and ends by the clock on the wall", () => {
    const night = schedule("Europe/London", "Sat 22:00 - Sun 06:00");
    expect(closing(night, "2026-03-28T23:00:00Z")).toBe("2026-03-29T05:00:00.000Z");
    expect(closing(night, "2026-10-24T23:00:00Z")).toBe("2026-10-25T06:00:00.000Z");
  });

  test("POLICY-04 Lord Howe changes its clock by half an hour", () => {
    // 2026-04-05 02:00 +11 -> 01:30 +10:30; 2026-10-04 02:00 +10:30 -> 02:30 +11.
    const early = schedule("Australia/Lord_Howe", "Sun 01:30 - Sun 02:00");
    expect(closing(early, "2026-04-04T14:35:00Z")).toBe("2026-04-04T15:30:00.000Z");
    const gap = schedule("Australia/Lord_Howe", "Sun 02:15 - Sun 03:00");
    expect(opening(gap, "2026-10-03T14:00:00Z")).toBe("2026-10-03T15:30:00.000Z");
    expect(closing(gap, "2026-10-03T14:00:00Z")).toBe("2026-10-03T16:00:00.000Z");
  });
});

test("POLICY-04 a watch answers as a fresh look at any time, forwards and back", () => {
  const zones = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
  for (const zone of zones) {
    const one = schedule(zone, NIGHT, "Sun 01:15 - Sun 02:45", "Sat 23:30 - Sun 00:10");
    const watch = new ScheduleWatch(one);
    for (let step = 0; step < 150; step += 1) {
      const now = new Date(Date.UTC(2026, 2, 20) + ((step * 7919) % 150) * 125 * 60_000 + step);
      expect(watch.isOpen(now)).toBe(isOpen(one, now));
      const change = watch.isOpen(now) ? nextClosing(one, now) : nextOpening(one, now);
      expect(watch.changesAt(now)?.getTime()).toBe(change?.getTime());
    }
  }
});

test("POLICY-04 what opens next is the first moment at which it is open, minute by minute over a year's changes", () => {
  for (const zone of ["Europe/London", "Australia/Lord_Howe"]) {
    const one = schedule(zone, "Sun 01:20 - Sun 02:20", "Tue 23:50 - Wed 00:10");
    for (const from of [
      "2026-03-27T00:00:00Z",
      "2026-04-03T00:00:00Z",
      "2026-10-02T00:00:00Z",
      "2026-10-23T00:00:00Z",
    ]) {
      const watch = new ScheduleWatch(one);
      let at = Date.parse(from);
      const told = nextOpening(one, new Date(at))!.getTime();
      while (!watch.isOpen(new Date(at))) at += 60_000;
      expect(new Date(told).toISOString()).toBe(new Date(at).toISOString());
    }
  }
});
