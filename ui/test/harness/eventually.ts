/** How long a condition may take, in milliseconds, where nothing else is said. */
export const PATIENCE_MS = 20_000;

const ASK_AGAIN_MS = 50;

/**
 * Waits until `look` answers something other than null, undefined or false, and returns it.
 * @throws {Error} after `patienceMs`, with what was awaited and the last failure
 */
export async function eventually<T>(
  awaited: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + patienceMs;
  let cause: unknown;
  do {
    try {
      const answer = await look();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (failure) {
      cause = failure;
    }
    await Bun.sleep(ASK_AGAIN_MS);
  } while (performance.now() < end);
  throw new Error(`Waited ${patienceMs} ms in vain: ${awaited}.`, { cause });
}
