/**
 * How busy a computer's processors were in each hour of a day, as its row keeps it. Pure.
 *
 * 34 bytes: the mean of 24 hours in whole percent, oldest first (255: no word was heard in that hour); then, big-endian, which
 * hour the last of them is, in hours since 1970 UTC (4), and what its mean is made of: the sum in tenths of a percent (4) of
 * so many words (2). Each word counts alike; they come once an interval, and when presence changes.
 */
import { encodeCpuHours, NO_WORD, TOLD_HOURS } from "../../protocol/cpu-hours.ts";

const DAY_BYTES = TOLD_HOURS + 4 + 4 + 2;
const HOUR_MS = 3_600_000;
const NEWEST = TOLD_HOURS - 1;
/** Further words of an hour no longer change its mean. */
const MOST_WORDS = 65_535;

interface CpuDay {
  readonly percents: Uint8Array;
  /** Of the last of them. */
  readonly hour: number;
  readonly sumTenths: number;
  readonly words: number;
}

/** How busy a computer said it is, 0 to 100 percent, and in which hour. */
export interface CpuWord {
  readonly percent: number;
  /** See `hourOf`. */
  readonly hour: number;
}

/** Whole hours since 1970 UTC. */
export function hourOf(at: Date): number {
  return Math.max(0, Math.floor(at.getTime() / HOUR_MS));
}

/** The day with one word more; `kept` that is null or none of ours begins a day. */
export function withWord(kept: Uint8Array | null, { percent, hour }: CpuWord): Uint8Array {
  const day = movedTo(read(kept), hour);
  if (day.words >= MOST_WORDS) return write(day);
  const words = day.words + 1;
  const sumTenths = day.sumTenths + Math.round(Math.min(100, Math.max(0, percent)) * 10);
  const percents = day.percents.slice();
  percents[NEWEST] = Math.min(100, Math.round(sumTenths / words / 10));
  return write({ percents, hour, sumTenths, words });
}

/** The 24 hours up to `hour`, as the wire carries them; null: nothing is known of any. */
export function hoursUntil(kept: Uint8Array | null, hour: number): string | null {
  const { percents } = movedTo(read(kept), hour);
  return percents.every((percent) => percent === NO_WORD) ? null : encodeCpuHours(percents);
}

/**
 * The day as it ends with `hour`. What is older falls out. If the clock was set back, so does what has not been yet, and the
 * mean of the hour that runs begins anew: a clock that once ran ahead must not keep the truth out until it is caught up.
 */
function movedTo(day: CpuDay, hour: number): CpuDay {
  const steps = hour - day.hour;
  if (steps === 0) return day;
  const percents = nothing();
  for (let at = Math.max(0, -steps); at < TOLD_HOURS - Math.max(0, steps); at += 1)
    percents[at] = day.percents[at + steps] ?? NO_WORD;
  return { percents, hour, sumTenths: 0, words: 0 };
}

const nothing = (): Uint8Array => new Uint8Array(TOLD_HOURS).fill(NO_WORD);

function read(kept: Uint8Array | null): CpuDay {
  if (kept?.length !== DAY_BYTES) return { percents: nothing(), hour: 0, sumTenths: 0, words: 0 };
  const rest = new DataView(kept.buffer, kept.byteOffset + TOLD_HOURS);
  const percents = kept.slice(0, TOLD_HOURS).map((percent) => (percent <= 100 ? percent : NO_WORD));
  return { percents, hour: rest.getUint32(0), sumTenths: rest.getUint32(4), words: rest.getUint16(8) };
}

function write({ percents, hour, sumTenths, words }: CpuDay): Uint8Array {
  const bytes = new Uint8Array(DAY_BYTES);
  bytes.set(percents);
  const rest = new DataView(bytes.buffer, TOLD_HOURS);
  rest.setUint32(0, hour);
  rest.setUint32(4, sumTenths);
  rest.setUint16(8, words);
  return bytes;
}
