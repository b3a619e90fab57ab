/** The clock on the wall of a time zone over a few weeks: which offset from UTC holds when. */
/** No time zone changes its clock twice within a day. */
const STEP_MS = 24 * 3_600_000;

interface Piece {
  readonly fromMs: number;
  readonly offsetMs: number;
}

/** Whether this name is of a time zone this program knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export class ZoneSpan {
  readonly #pieces: Piece[] = [];

  /** From one moment to another, in ms since 1970. @throws {RangeError} when the time zone is unknown. */
  constructor(timeZone: string, fromMs: number, toMs: number) {
    const format = wallFormat(timeZone);
    let last: Piece = { fromMs, offsetMs: offsetAt(format, fromMs) };
    this.#pieces.push(last);
    for (let ms = fromMs; ms < toMs; ms += STEP_MS) {
      const offsetMs = offsetAt(format, ms + STEP_MS);
      if (offsetMs === last.offsetMs) continue;
      last = { fromMs: changeBetween(format, ms, ms + STEP_MS), offsetMs };
      this.#pieces.push(last);
    }
  }

  /** What the clock on the wall shows, as if it were UTC. */
  wallMs(ms: number): number {
    const piece = this.#pieces.findLast(({ fromMs }) => fromMs <= ms) ?? this.#pieces[0]!;
    return ms + piece.offsetMs;
  }

  get offsetsMs(): number[] {
    return [...new Set(this.#pieces.map(({ offsetMs }) => offsetMs))];
  }

  /** Moments at which the clock is changed. */
  get changesMs(): number[] {
    return this.#pieces.slice(1).map(({ fromMs }) => fromMs);
  }
}

function changeBetween(format: Intl.DateTimeFormat, before: number, after: number): number {
  const offset = offsetAt(format, before);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(format, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

function wallFormat(timeZone: string): Intl.DateTimeFormat {
  const digits = "2-digit" as const;
  // Numbers and calendar are the locale's own; naming them makes this four times as slow (measured).
  return new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: digits, day: digits },
    ...{ hour: digits, minute: digits, second: digits },
  });
}

/** How far the clock on the wall is ahead of UTC, in ms. */
function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = part as Record<string, number>;
  const seconds = Math.floor(ms / 1000) * 1000;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - seconds;
}
