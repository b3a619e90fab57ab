/** When a certificate is renewed, and when it is tried again. Pure: time and chance are arguments. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Nobody is asked to wait longer than an authority may; what lies further ahead comes of a clock that was wrong. */
const MAX_AHEAD_MS = 8 * DAY_MS;
const MAX_BACK_OFF_MS = DAY_MS;

/** Of a certificate. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** So many days before its end, but not before two thirds of its life have gone by: some live for days only. */
export function renewAt({ notBefore, notAfter }: Validity, daysBefore: number): Date {
  const life = notAfter.getTime() - notBefore.getTime();
  return new Date(notAfter.getTime() - Math.min(daysBefore * DAY_MS, life / 3));
}

/**
 * When to try again: an hour, two, four … a day, and never before the authority wants it.
 * @param failures in a row, at least 1
 * @param chance 0 to 1, so that many sites do not come at once
 */
export function retryAt(now: Date, failures: number, retryAfterMs: number | null, chance: number): Date {
  const backOff = Math.min(HOUR_MS * 2 ** Math.min(failures - 1, 10), MAX_BACK_OFF_MS) * (1 + chance / 10);
  return new Date(now.getTime() + Math.max(backOff, retryAfterMs ?? 0));
}

/** Whether the time kept for the next try has come. */
export function mayTry(nextTryAt: string | null, now: Date): boolean {
  const ahead = nextTryAt === null ? 0 : Date.parse(nextTryAt) - now.getTime();
  return !(ahead > 0 && ahead <= MAX_AHEAD_MS);
}
