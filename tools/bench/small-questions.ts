/** How long a server lets a small question wait while it does something large. */
import { type Measurement, quantile } from "./measurement.ts";

const ASK_EVERY_MS = 10;
const CALM_MS = 3000;
/** Nobody at a screen notices less. */
const MOST_MS = 50;

/** How long each question waited, in ms: while nothing else went on, and while `work` did. */
export interface Waits {
  readonly calm: readonly number[];
  readonly busy: readonly number[];
}

/** Asks the server at `url` all the time, at first for three seconds without the work. @throws what the work throws */
export async function waitsDuring(url: string, work: () => Promise<void>): Promise<Waits> {
  return { calm: await asking(url, () => Bun.sleep(CALM_MS)), busy: await asking(url, work) };
}

/** The longest wait, as a figure. @param more what else should be known of how it came about */
export function longestWait(name: string, { calm, busy }: Waits, more: string): Measurement {
  const middle = (waits: readonly number[]): string => `p50 ${quantile(waits, 0.5).toFixed(1)} ms`;
  const without = `without it the longest ${Math.max(...calm).toFixed(1)} ms, ${middle(calm)}`;
  return {
    ...{ name: `${name}, longest`, value: Math.max(...busy), unit: "ms", goal: { atMost: MOST_MS } },
    method: `GET /api/site each ${ASK_EVERY_MS} ms, ${busy.length} of them, ${middle(busy)}; ${without}${more}`,
  };
}

async function asking(url: string, work: () => Promise<void>): Promise<number[]> {
  const found: number[] = [];
  let isOver = false;
  const asked = (async () => {
    for (; !isOver; await Bun.sleep(ASK_EVERY_MS)) {
      const askedAt = performance.now();
      await (await fetch(`${url}/api/site`, { tls: { rejectUnauthorized: false } })).arrayBuffer();
      found.push(performance.now() - askedAt);
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await asked;
  }
  return found;
}
