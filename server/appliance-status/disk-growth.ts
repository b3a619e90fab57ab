/** How long the disk lasts, by how it filled in the last week; pure. */
const DAY_MS = 86_400_000;
/** Less than this tells nothing yet. */
const MIN_DAYS = 2;

/** How full the disk was at the start of a day, "2026-11-21". */
export interface DiskLevel {
  readonly day: string;
  readonly usedBytes: number;
}

/** Whole days until it is full at that pace; null: not known yet, or it does not grow. */
export function daysUntilFull(levels: readonly DiskLevel[], freeBytes: number): number | null {
  const first = levels[0];
  const last = levels.at(-1);
  if (first === undefined || last === undefined) return null;
  const days = (Date.parse(last.day) - Date.parse(first.day)) / DAY_MS;
  const growth = last.usedBytes - first.usedBytes;
  if (!(days >= MIN_DAYS) || growth <= 0) return null;
  return Math.floor(freeBytes / (growth / days));
}
