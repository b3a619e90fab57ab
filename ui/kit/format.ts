/**
 * How sizes, durations, times and counts are written for people, in the page's language; the examples are English. The
 * time now and the zone are arguments.
 */
import { plural } from "../languages/plural.ts";
import { spokenLanguage } from "../languages/say.ts";

const sizeUnits = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** A size in bytes: "0 B", "512 B", "1.5 KB", "38 MB", "4.0 TB". Units of 1,024; three figures at most. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return "unknown";
  let value = bytes;
  let unit = 0;
  // 1023.5 would be written as 1024 of a unit: it is 1.0 of the next.
  while (value >= 1023.5 && unit < sizeUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.995 ? 0 : 1;
  const figures = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  const text = value.toLocaleString(spokenLanguage().locale, figures);
  return `${text} ${sizeUnits[unit] ?? "PB"}`;
}

/** Bytes a second: "1.5 MB/s". */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

const rateUnits = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"] as const;

/** Bits a second, as networks are measured: "0 bit/s", "640 kbit/s", "4.1 Mbit/s". Units of 1,000. */
export function formatBitRate(bitsPerSecond: number): string {
  let value = Math.max(0, bitsPerSecond);
  let unit = 0;
  // 999.5 would be written as 1000 of a unit: it is 1.0 of the next.
  while (value >= 999.5 && unit < rateUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  const figures = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return `${value.toLocaleString(spokenLanguage().locale, figures)} ${rateUnits[unit] ?? "Tbit/s"}`;
}

/** A count with separators: "24,118". */
export function formatCount(count: number): string {
  return count.toLocaleString(spokenLanguage().locale);
}

/** A figure with one place behind its point: "0.2", "1,204.0". */
export function formatTenths(value: number): string {
  const figures = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return value.toLocaleString(spokenLanguage().locale, figures);
}

/** Percent, whole: "31%", "31 %". */
export function formatPercent(percent: number): string {
  return (percent / 100).toLocaleString(spokenLanguage().locale, { style: "percent", maximumFractionDigits: 0 });
}

const durationUnits = [
  { unit: "d", size: 86_400_000 },
  { unit: "h", size: 3_600_000 },
  { unit: "min", size: 60_000 },
  { unit: "s", size: 1000 },
] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A duration in ms, in its two largest units: "9 d 4 h", "3 min", "45 s". Minutes alone from one minute to the hour. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 1000) return "0 s";
  const at = durationUnits.findIndex(({ size }) => milliseconds >= size);
  const { unit, size } = durationUnits[at] ?? durationUnits[3];
  const whole = Math.floor(milliseconds / size);
  const next = durationUnits[at + 1];
  if (next === undefined || size === MINUTE_MS) return `${whole} ${unit}`;
  const rest = Math.floor((milliseconds - whole * size) / next.size);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next.unit}`;
}

/** A running clock for a duration in ms: "4:52", "1:04:09". */
export function formatClock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  const tail = `${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Times come as Date, as UTC ISO 8601 or as ms since 1970. */
export type TimeValue = Date | string | number;

function partsOf(time: Date, timeZone: string | undefined): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    timeZone,
  });
  return Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
}

/** Today as "14:06", this year as "14 Nov", older as "14 Nov 2025"; "" for what is no time. */
export function formatTime(time: TimeValue, now: TimeValue, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const then = partsOf(date, timeZone);
  const today = partsOf(new Date(now), timeZone);
  if (then["year"] !== today["year"]) return dayOf(date, timeZone, "numeric");
  const isToday = then["day"] === today["day"] && then["month"] === today["month"];
  return isToday ? `${then["hour"]}:${then["minute"]}` : dayOf(date, timeZone);
}

/** "14 Nov", "14 Nov 2026"; "14. Nov.", "11月14日". English months have three letters, September too. */
function dayOf(time: Date, timeZone: string | undefined, year?: "numeric"): string {
  const { locale, code } = spokenLanguage();
  const text = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year, timeZone }).format(time);
  return code === "en" ? text.replace("Sept", "Sep") : text;
}

/** "14 Nov, 14:06", "11月14日 14:06". */
function dayAndTime(day: string, time: string): string {
  return spokenLanguage().code === "ja" ? `${day} ${time}` : `${day}, ${time}`;
}

/** A day without a time, YYYY-MM-DD, as "14 Nov 2026", the same in each time zone; "" for what is no day. */
export function formatDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? "" : dayOf(date, "UTC", "numeric");
}

/** For logs, the time always: today as "14:06:03", this year as "14 Nov, 14:06", older as "14 Nov 2025, 14:06". */
export function formatStamp(time: TimeValue, now: TimeValue, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const { hour, minute, second } = partsOf(date, timeZone);
  const day = formatTime(date, now, timeZone);
  return day.includes(":") ? `${hour}:${minute}:${second}` : dayAndTime(day, `${hour}:${minute}`);
}

/** The exact time with its zone, for hovering: "14 Nov 2026, 14:06:03 GMT". */
export function formatExact(time: TimeValue, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const { hour, minute, second, timeZoneName } = partsOf(date, timeZone);
  return dayAndTime(dayOf(date, timeZone, "numeric"), `${hour}:${minute}:${second} ${timeZoneName}`);
}

/** How far away a time is: "in 2 days", "3 min ago", "now" within a minute. */
export function formatDistance(time: TimeValue, now: TimeValue): string {
  const distance = new Date(time).getTime() - new Date(now).getTime();
  const far = Math.abs(distance);
  if (far < 60_000) return "now";
  if (far >= 2 * DAY_MS) {
    const days = Math.floor(far / DAY_MS);
    return distance > 0 ? plural(days, ["in # day", "in # days"]) : plural(days, ["# day ago", "# days ago"]);
  }
  const text = formatDuration(far).split(" ").slice(0, 2).join(" ");
  return distance > 0 ? `in ${text}` : `${text} ago`;
}
