/** How long to wait before trying a lost connection again. Pure: the randomness is the caller's. */

/** The longest wait before the first attempt, in ms. */
export const FIRST_DELAY_MS = 500;
/** No wait is longer than this, in ms. */
export const LONGEST_DELAY_MS = 15_000;

/**
 * The wait before attempt number `attempt` (the first is 1), in ms: between half of a doubling ceiling and all of it, so
 * that a thousand consoles which lost the same server do not come back in the same moment.
 * `random` is at least 0 and below 1.
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const doublings = Math.min(Math.max(0, attempt - 1), 16);
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** doublings);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
