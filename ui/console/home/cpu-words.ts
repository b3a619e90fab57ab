/** What is shown of how busy a computer's processors are; pure. */
import type { JumpItemRow } from "../../../protocol/api/console.ts";
import { decodeCpuHours } from "../../../protocol/cpu-hours.ts";

export interface CpuShown {
  /** Percent of the last 24 hours, oldest first; null: nothing was heard. */
  readonly hours: readonly (number | null)[];
  /** What it said last: "12%". */
  readonly figure: string;
  readonly isHigh: boolean;
  /** Both in words, for a pointer that rests on it and for screen readers. */
  readonly words: string;
}

/** A figure as high as this is worth a look at once, */
const HIGH_PERCENT = 85;
/** and a whole day as high as this. One busy hour is a backup. */
const HIGH_DAY_PERCENT = 60;

/** null: nothing is known, or it is offline, so that its last figure says nothing of now. */
export function cpuShown(row: Pick<JumpItemRow, "cpuPercent" | "cpuHours" | "status">): CpuShown | null {
  if (row.cpuPercent === null || row.status === "offline") return null;
  const hours = decodeCpuHours(row.cpuHours ?? "");
  const known = hours.filter((percent) => percent !== null);
  const mean = known.reduce((sum, percent) => sum + percent, 0) / Math.max(1, known.length);
  const now = Math.round(row.cpuPercent);
  return {
    hours,
    figure: `${now}%`,
    isHigh: row.cpuPercent >= HIGH_PERCENT || mean >= HIGH_DAY_PERCENT,
    words:
      known.length === 0
        ? `CPU ${now}% now`
        : `CPU ${now}% now, ${Math.max(...known)}% in the busiest of the last 24 hours`,
  };
}
