/** How long to wait before dialling again. Pure: the randomness is an argument. */

export const SHORTEST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 60_000;
const FIRST_RANGE_MS = 2000;
/** A site that said "do not come back" is asked again about once an hour, in case an administrator changed their mind. */
export const REFUSED_RETRY_MS = 3_600_000;

/**
 * Milliseconds until the next attempt after `failures` failed ones in a row (0: the connection was just lost). Spread
 * evenly between the shortest wait and a ceiling that doubles, so that a restarted server gets its endpoints back soon,
 * and not all in the same instant.
 * @param random 0 (inclusive) to 1 (exclusive).
 */
export function retryDelayMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RANGE_MS * 2 ** Math.min(failures, 16));
  return SHORTEST_RETRY_MS + random * (ceiling - SHORTEST_RETRY_MS);
}

/** The same for a final refusal: 45 to 75 minutes. */
export function refusedDelayMs(random: number): number {
  return REFUSED_RETRY_MS * (0.75 + random / 2);
}
