/** How sizes, durations, times and counts are written for people. Pure: the time now and the zone are arguments. */

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
  const text = unit === 0 || value >= 99.95 ? String(Math.round(value)) : value.toFixed(value >= 9.995 ? 0 : 1);
  return `${text} ${sizeUnits[unit] ?? "PB"}`;
}

/** Bytes a second: "1.5 MB/s". */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A count with separators: "24,118". */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}

/** "1 user", "2 users". `plural` only where it is not the singular with an s. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

const durationUnits = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** A duration in ms, in its two largest units: "9 d 4 h", "3 min", "45 s". Minutes alone from one minute to the hour. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 1000) return "0 s";
  const at = durationUnits.findIndex(([, size]) => milliseconds >= size);
  const [unit, size] = durationUnits[at] ?? ["s", 1000];
  const whole = Math.floor(milliseconds / size);
  const next = durationUnits[at + 1];
  if (next === undefined || unit === "min") return `${whole} ${unit}`;
  const rest = Math.floor((milliseconds - whole * size) / next[1]);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next[0]}`;
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
  const day = `${then["day"]} ${then["month"]?.slice(0, 3)}`;
  if (then["year"] !== today["year"]) return `${day} ${then["year"]}`;
  return day === `${today["day"]} ${today["month"]?.slice(0, 3)}` ? `${then["hour"]}:${then["minute"]}` : day;
}

/** For logs, the time always: today as "14:06:03", this year as "14 Nov, 14:06", older as "14 Nov 2025, 14:06". */
export function formatStamp(time: TimeValue, now: TimeValue, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const { hour, minute, second } = partsOf(date, timeZone);
  const day = formatTime(date, now, timeZone);
  return day.includes(":") ? `${hour}:${minute}:${second}` : `${day}, ${hour}:${minute}`;
}

/** The exact time with its zone, for hovering: "14 Nov 2026, 14:06:03 GMT". */
export function formatExact(time: TimeValue, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const { year, month, day, hour, minute, second, timeZoneName } = partsOf(date, timeZone);
  return `${day} ${month?.slice(0, 3)} ${year}, ${hour}:${minute}:${second} ${timeZoneName}`;
}

/** How far away a time is: "in 2 days", "3 min ago", "now" within a minute. */
export function formatDistance(time: TimeValue, now: TimeValue): string {
  const distance = new Date(time).getTime() - new Date(now).getTime();
  const far = Math.abs(distance);
  if (far < 60_000) return "now";
  const text =
    far >= 2 * 86_400_000
      ? `${Math.floor(far / 86_400_000)} days`
      : formatDuration(far).split(" ").slice(0, 2).join(" ");
  return distance > 0 ? `in ${text}` : `${text} ago`;
}
