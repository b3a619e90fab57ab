/** A time inside a sentence of the server, to the second and in UTC: "2026-11-21 14:03:07 UTC". Pages say it their own way. Pure. */

const WRITTEN = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/u;

/** @param time UTC ISO 8601 */
export const writtenTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;

/** What `writtenTime` wrote, as UTC ISO 8601; null: it is no such time. */
export function readWrittenTime(text: string): string | null {
  const [, day, clock] = WRITTEN.exec(text) ?? [];
  const time = `${day}T${clock}Z`;
  return Number.isNaN(Date.parse(time)) ? null : time;
}
