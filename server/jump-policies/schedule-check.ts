/** Whether a schedule says what its maker means. Pure. */
import { AppError } from "../../protocol/errors.ts";
import type { Schedule, ScheduleWindow } from "../../protocol/schedule.ts";
import { isTimeZone } from "../policy/time-zone.ts";

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** @throws {AppError} request.invalid for a time zone that is not known, no windows, an empty one, or two that overlap */
export function checkSchedule({ timeZone, windows }: Schedule): void {
  if (!isTimeZone(timeZone)) throw invalid("There is no time zone of this name. Choose one like Europe/London.");
  if (windows.length === 0) throw invalid("A schedule needs at least one time. Add one, or switch the schedule off.");
  const empty = windows.find((window) => startOf(window) === endOf(window));
  if (empty !== undefined) throw invalid(`${inWords(empty)} ends when it begins. Give it a later end.`);
  for (const [index, one] of windows.entries())
    for (const other of windows.slice(index + 1))
      if (overlap(one, other)) throw invalid(`${inWords(one)} and ${inWords(other)} overlap. Make one time of them.`);
}

/** In minutes since Monday, 00:00. */
const startOf = ({ startDay, startMinute }: ScheduleWindow): number => startDay * DAY_MINUTES + startMinute;
const endOf = ({ endDay, endMinute }: ScheduleWindow): number => endDay * DAY_MINUTES + endMinute;

/** One begins within the other; the week goes round. */
const overlap = (one: ScheduleWindow, other: ScheduleWindow): boolean => holds(one, other) || holds(other, one);

function holds(window: ScheduleWindow, other: ScheduleWindow): boolean {
  const length = endOf(window) - startOf(window);
  const later = (startOf(other) - startOf(window) + WEEK_MINUTES) % WEEK_MINUTES;
  return later < (length < 0 ? length + WEEK_MINUTES : length);
}

const inWords = ({ startDay, startMinute, endDay, endMinute }: ScheduleWindow): string =>
  `${days[startDay]} ${clock(startMinute)} to ${days[endDay]} ${clock(endMinute)}`;
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const invalid = (message: string): AppError => new AppError("request.invalid", message);
