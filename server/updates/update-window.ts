/** When updates may install themselves; pure. */
import type { Static } from "@sinclair/typebox";
import type { UpdateWindow } from "../../protocol/api/appliance/updates.ts";
import { ZoneSpan } from "../policy/time-zone.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Whether the window is open. @param timeZone IANA name; one that is not known counts as UTC */
export function isWindowOpen(window: Static<typeof UpdateWindow>, timeZone: string, now: Date): boolean {
  const wall = new Date(wallMs(timeZone, now.getTime()));
  const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  // From after midnight it belongs to the day it began on.
  const until = to > from ? to : to + DAY_MINUTES;
  const isIn = (weekday: number, at: number): boolean => window.weekdays.includes(weekday) && at >= from && at < until;
  const today = weekdayOf(wall);
  return isIn(today, minute) || isIn(weekdayOf(new Date(wall.getTime() - DAY_MS)), minute + DAY_MINUTES);
}

/** 1 Monday to 7 Sunday. */
const weekdayOf = (wall: Date): number => wall.getUTCDay() || 7;

function minuteOf(text: string): number {
  const [hours, minutes] = text.split(":").map(Number) as [number, number];
  return hours * 60 + minutes;
}

function wallMs(timeZone: string, ms: number): number {
  try {
    return new ZoneSpan(timeZone, ms - MINUTE_MS, ms + MINUTE_MS).wallMs(ms);
  } catch (error) {
    if (error instanceof RangeError) return ms;
    throw error;
  }
}
