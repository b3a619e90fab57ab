/** When a daily backup is due, on the clock on the wall of a time zone. Pure. */
import { ZoneSpan } from "../policy/time-zone.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * The last moment at or before `now` at which the wall clock showed `at` for the first time that day. On a day without
 * that time (the clock was put forward over it) the moment of the change; on a day with two, the first.
 * @param at "02:00"
 * @param timeZone of the IANA database; one that is not known counts as UTC
 */
export function lastDue(now: Date, at: string, timeZone: string): Date {
  const nowMs = now.getTime();
  const span = spanOf(timeZone, nowMs - 2 * DAY_MS, nowMs + DAY_MS);
  const [hours = 0, minutes = 0] = at.split(":").map(Number);
  const today = Math.floor(span.wallMs(nowMs) / DAY_MS) * DAY_MS;
  const wanted = (day: number): number => firstAt(span, today + day * DAY_MS + (hours * 60 + minutes) * MINUTE_MS);
  const due = wanted(0);
  return new Date(due <= nowMs ? due : wanted(-1));
}

function spanOf(timeZone: string, fromMs: number, toMs: number): ZoneSpan {
  try {
    return new ZoneSpan(timeZone, fromMs, toMs);
  } catch (error) {
    if (error instanceof RangeError) return new ZoneSpan("UTC", fromMs, toMs);
    throw error;
  }
}

/** The first moment at which the wall clock shows `wallMs` or, where it never does, is past it. */
function firstAt(span: ZoneSpan, wallMs: number): number {
  const exact = span.offsetsMs.map((offset) => wallMs - offset).filter((ms) => span.wallMs(ms) === wallMs);
  const jumps = span.changesMs.filter((ms) => span.wallMs(ms - 1) < wallMs && span.wallMs(ms) > wallMs);
  return Math.min(...(exact.length > 0 ? exact : jumps));
}
