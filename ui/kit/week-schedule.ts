/** Windows of a week in which something is open. Pure; minutes by the clock on the wall of the schedule's time zone. */

/** Minutes of a day. */
export const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** How far an arrow key or a drag moves, in minutes. */
export const STEP_MINUTES = 15;

export const weekDays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** From a day and minute to a day and minute; an end before the start reaches over the week's end. 0 is Monday. */
export interface ScheduleWindow {
  readonly startDay: number;
  /** 0 to 1440, the end of the day. */
  readonly startMinute: number;
  readonly endDay: number;
  readonly endMinute: number;
}

/** What of a window lies on one day, to be drawn. */
export interface ScheduleSegment {
  readonly day: number;
  readonly from: number;
  readonly to: number;
  /** Which window it belongs to: its place in the list. */
  readonly window: number;
}

/** Where the clock on the wall of a time zone stands: 0 is Monday, minutes from 0 to 1439. null: an unknown zone. */
export function wallTimeIn(timeZone: string, now: Date): { readonly day: number; readonly minute: number } | null {
  const partNames = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone, ...partNames }).formatToParts(now);
    const partOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
    const day = weekDays.findIndex((name) => name === partOf("weekday"));
    return { day, minute: Number(partOf("hour")) * 60 + Number(partOf("minute")) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** When a window begins, in minutes of the week. */
function startOf({ startDay, startMinute }: ScheduleWindow): number {
  return startDay * DAY_MINUTES + startMinute;
}

/** How long a window is, in minutes; 0 when it ends where it begins. */
export function lengthOf(window: ScheduleWindow): number {
  const length = window.endDay * DAY_MINUTES + window.endMinute - startOf(window);
  return length < 0 ? length + WEEK_MINUTES : length;
}

/** A window by its begin in minutes of the week and its length; an end at midnight belongs to the day before. */
function windowOf(start: number, length: number): ScheduleWindow {
  const begin = ((start % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
  const last = begin + length - 1;
  const endDay = Math.floor(last / DAY_MINUTES);
  return {
    startDay: Math.floor(begin / DAY_MINUTES),
    startMinute: begin % DAY_MINUTES,
    endDay: endDay % 7,
    endMinute: last - endDay * DAY_MINUTES + 1,
  };
}

/** The windows cut at midnights: Sunday goes on on Monday. */
export function segmentsOf(windows: readonly ScheduleWindow[]): readonly ScheduleSegment[] {
  return windows.flatMap((window, index) => {
    const segments: ScheduleSegment[] = [];
    const end = startOf(window) + lengthOf(window);
    for (let from = startOf(window); from < end;) {
      const midnight = (Math.floor(from / DAY_MINUTES) + 1) * DAY_MINUTES;
      const to = Math.min(end, midnight);
      const day = Math.floor(from / DAY_MINUTES);
      segments.push({ day: day % 7, from: from % DAY_MINUTES, to: to - day * DAY_MINUTES, window: index });
      from = to;
    }
    return segments;
  });
}

/** A minute of the day as "08:00"; the end of the day is "24:00". */
export function timeText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Reads "8", "08", "8:30", "0830" or "24:00"; null for anything else. */
export function parseTime(text: string): number | null {
  const [, hours = "", minutes = "0"] = /^(\d{1,2})(?:[:.h]?(\d{2}))?$/u.exec(text.trim()) ?? [];
  if (hours === "") return null;
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= DAY_MINUTES ? minute : null;
}

/** A window in words: "Mon 08:00 to 20:00", "Thu 22:00 to Fri 02:00". */
export function windowText(window: ScheduleWindow): string {
  const { startDay, startMinute, endDay, endMinute } = window;
  const end = endDay === startDay && lengthOf(window) <= DAY_MINUTES ? "" : `${weekDays[endDay] ?? ""} `;
  return `${weekDays[startDay] ?? ""} ${timeText(startMinute)} to ${end}${timeText(endMinute)}`;
}

/** The window as a whole earlier or later by some minutes, over midnight and round the week if need be. */
export function movedWindow(window: ScheduleWindow, minutes: number): ScheduleWindow {
  return windowOf(startOf(window) + minutes, lengthOf(window));
}

/** The window with another end: at least one step long and at most a week. */
export function stretchedWindow(window: ScheduleWindow, minutes: number): ScheduleWindow {
  const length = lengthOf(window) + minutes;
  return windowOf(startOf(window), Math.max(STEP_MINUTES, Math.min(WEEK_MINUTES, length)));
}

/** The window on one day between two times of the clock; an end at or before the begin is meant for the next day. */
export function windowBetween(day: number, from: number, to: number): ScheduleWindow {
  const start = from % DAY_MINUTES;
  return windowOf(day * DAY_MINUTES + start, to > start ? to - start : to - start + DAY_MINUTES);
}

/** The windows in the order of the week, those that touch or overlap joined. */
export function tidied(windows: readonly ScheduleWindow[]): readonly ScheduleWindow[] {
  const joined: ScheduleWindow[] = [];
  for (const window of [...windows].sort((one, other) => startOf(one) - startOf(other))) {
    const before = joined.at(-1);
    const apart = before === undefined ? 0 : startOf(window) - startOf(before);
    if (before === undefined || apart > lengthOf(before)) joined.push(window);
    else {
      const length = Math.max(lengthOf(before), apart + lengthOf(window));
      joined.splice(-1, 1, windowOf(startOf(before), Math.min(WEEK_MINUTES, length)));
    }
  }
  return joined;
}

/** Monday's windows on every day to Friday; those that begin at the weekend stay. */
export function mondayToFriday(windows: readonly ScheduleWindow[]): readonly ScheduleWindow[] {
  const monday = windows.filter(({ startDay }) => startDay === 0);
  const weekend = windows.filter(({ startDay }) => startDay > 4);
  const week = [0, 1, 2, 3, 4].flatMap((day) => monday.map((window) => movedWindow(window, day * DAY_MINUTES)));
  return tidied([...week, ...weekend]);
}
