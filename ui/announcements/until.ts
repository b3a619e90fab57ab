/** When an announcement ends, in words and in waiting time. */
import { formatStamp, formatTime, type TimeValue } from "../kit/format.ts";

/** Just after the end, since a clock may be a little ahead. */
const AFTER_END_MS = 250;

/** "14:06" for today, else "22 Nov, 14:06". */
export function untilWords(endsAt: TimeValue, now: TimeValue): string {
  const time = formatTime(endsAt, now);
  return time.includes(":") ? time : formatStamp(endsAt, now);
}

/** How long until it is worth asking again: until the next end, in ms, and at most `everyMs`. */
export function waitMs(endsMs: readonly number[], nowMs: number, everyMs: number): number {
  const left = endsMs.map((end) => end - nowMs).filter((ms) => ms > 0);
  return Math.min(everyMs, ...left.map((ms) => ms + AFTER_END_MS));
}
