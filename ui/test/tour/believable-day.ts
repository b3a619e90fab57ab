/** How busy an invented computer was in each of the last 24 hours, as its row keeps it (server/jump-clients/cpu-day.ts). Pure. */

const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;
/** Percent in an hour of the day, 0 to 23, by what a computer is for. */
const HABITS = {
  desk: (hour: number) => (hour >= 8 && hour < 18 ? (hour === 12 ? 18 : 38) : 5),
  kiosk: (hour: number) => (hour >= 9 && hour < 20 ? 30 : 16),
  class: (hour: number) => (hour >= 9 && hour < 15 ? 46 : 3),
  backup: (hour: number) => (hour >= 2 && hour < 5 ? 88 : 9),
  busy: () => 71,
} as const;
export type Habit = keyof typeof HABITS;

/** @param seed makes two computers of one habit differ, the same at each run */
export function believableDay(
  habit: Habit,
  seed: number,
  now: Date,
): { readonly bytes: Uint8Array; readonly percent: number } {
  const newest = Math.floor(now.getTime() / HOUR_MS);
  const percents = Array.from({ length: DAY_HOURS }, (_, at) => {
    const usual = HABITS[habit]((newest - DAY_HOURS + 1 + at) % DAY_HOURS);
    const wave = Math.sin(at * 2.1 + seed * 5.3) + Math.sin(at * 0.9 + seed * 1.7);
    return Math.round(Math.min(100, Math.max(1, usual * (1 + 0.28 * wave))));
  });
  const percent = percents.at(-1) ?? 0;
  const bytes = new Uint8Array(DAY_HOURS + 10);
  bytes.set(percents);
  const rest = new DataView(bytes.buffer, DAY_HOURS);
  rest.setUint32(0, newest);
  rest.setUint32(4, percent * 10);
  rest.setUint16(8, 1);
  return { bytes, percent };
}
