/**
 * What a schedule means. Its windows are read by the clock on the wall of its time zone: a window that begins in an hour
 * the clock leaves out begins when the clock has passed it; one in an hour the clock shows twice is open both times.
 * A window whose end is its start is never open.
 */
import type { Schedule, ScheduleWindow } from "../../protocol/schedule.ts";
import { isTimeZone, ZoneSpan } from "./time-zone.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
/** Changes are looked for so far ahead: a weekly window that a clock change swallows comes again within it. */
const HORIZON_MS = 2 * WEEK_MS + 2 * DAY_MS;
/** 1970-01-05, a Monday: where weeks are counted from. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Whether now lies in one of the windows. */
export function isOpen(schedule: Schedule, now: Date): boolean {
  const nowMs = now.getTime();
  return isTimeZone(schedule.timeZone) && isOpenIn(new ZoneSpan(schedule.timeZone, nowMs, nowMs), schedule, nowMs);
}

/** When the schedule opens next after now, if it is closed now or later closes; null: not within two weeks, so never. */
export const nextOpening = (schedule: Schedule, now: Date): Date | null => nextChange(schedule, now, true);

/** When the schedule closes next after now; null: never. */
export const nextClosing = (schedule: Schedule, now: Date): Date | null => nextChange(schedule, now, false);

/**
 * One schedule, asked again and again: works out when it changes next and until then answers at once.
 * An unknown time zone is never open.
 */
export class ScheduleWatch {
  #answer = { isOpen: false, fromMs: Infinity, untilMs: -Infinity };

  constructor(readonly schedule: Schedule) {}

  isOpen(now: Date): boolean {
    return this.#at(now).isOpen;
  }

  /** When the answer changes next; null: not within two weeks. */
  changesAt(now: Date): Date | null {
    const { untilMs, fromMs } = this.#at(now);
    return untilMs - fromMs > HORIZON_MS ? null : new Date(untilMs);
  }

  #at(now: Date) {
    const nowMs = now.getTime();
    if (nowMs < this.#answer.fromMs || nowMs >= this.#answer.untilMs) this.#answer = this.#work(nowMs);
    return this.#answer;
  }

  #work(nowMs: number) {
    const isOpenNow = isOpen(this.schedule, new Date(nowMs));
    const change = nextChange(this.schedule, new Date(nowMs), !isOpenNow);
    return { isOpen: isOpenNow, fromMs: nowMs, untilMs: change?.getTime() ?? nowMs + HORIZON_MS + 1 };
  }
}

function nextChange(schedule: Schedule, now: Date, opens: boolean): Date | null {
  if (!isTimeZone(schedule.timeZone) || schedule.windows.length === 0) return null;
  const nowMs = now.getTime();
  const span = spanOf(schedule, nowMs);
  const times = candidates(span, schedule, nowMs).toSorted((one, other) => one - other);
  const found = times.find(
    (ms) => isOpenIn(span, schedule, ms) === opens && isOpenIn(span, schedule, ms - 1) !== opens,
  );
  return found === undefined ? null : new Date(found);
}

const spanOf = ({ timeZone }: Schedule, nowMs: number): ZoneSpan =>
  new ZoneSpan(timeZone, nowMs - DAY_MS, nowMs + HORIZON_MS + DAY_MS);

/** Every moment at which the answer may change: a window's ends by each offset of the span, and the clock changes. */
function candidates(span: ZoneSpan, { windows }: Schedule, nowMs: number): number[] {
  const wallNowMs = span.wallMs(nowMs);
  const weekMs = wallNowMs - weekTimeMs(wallNowMs);
  const edges = new Set(windows.flatMap((window) => [startMs(window), endMs(window) % WEEK_MS]));
  const walls = [...edges].flatMap((edge) => [-1, 0, 1, 2, 3].map((week) => weekMs + week * WEEK_MS + edge));
  const times = walls.flatMap((wall) => span.offsetsMs.map((offset) => wall - offset));
  return [...times, ...span.changesMs].filter((ms) => ms > nowMs && ms <= nowMs + HORIZON_MS);
}

function isOpenIn(span: ZoneSpan, { windows }: Schedule, ms: number): boolean {
  const inWeek = weekTimeMs(span.wallMs(ms));
  return windows.some((window) => {
    const [start, end] = [startMs(window), endMs(window)];
    return start <= end ? inWeek >= start && inWeek < end : inWeek >= start || inWeek < end;
  });
}

const startMs = ({ startDay, startMinute }: ScheduleWindow): number =>
  (startDay * DAY_MINUTES + startMinute) * MINUTE_MS;
const endMs = ({ endDay, endMinute }: ScheduleWindow): number => (endDay * DAY_MINUTES + endMinute) * MINUTE_MS;

/** Milliseconds since Monday, 00:00. */
const weekTimeMs = (wallMs: number): number => (((wallMs - FIRST_MONDAY_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS;
