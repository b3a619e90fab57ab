/** How fast bytes move and how long the rest takes, from what was moved in the last seconds. Pure. */

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

const WINDOW_MS = 4000;

export class SpeedMeter {
  #samples: Sample[] = [];

  /** So many bytes have been moved in all at this moment (any clock that never goes back). */
  add(atMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    // Fewer than before: it has gone on at an earlier place.
    if (last !== undefined && bytes < last.bytes) this.#samples = [];
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && atMs - this.#samples[1]!.atMs > WINDOW_MS) this.#samples.shift();
  }

  /** Bytes a second; 0 while nothing is known. */
  bytesPerSecond(nowMs: number): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || nowMs <= first.atMs) return 0;
    return ((last.bytes - first.bytes) / (nowMs - first.atMs)) * 1000;
  }

  /** Forgets everything, as after a pause. */
  reset(): void {
    this.#samples = [];
  }
}

/** How long so many bytes take, in ms; null where nothing moves. */
export function timeLeftMs(bytesLeft: number, bytesPerSecond: number): number | null {
  return bytesPerSecond < 1 ? null : (bytesLeft / bytesPerSecond) * 1000;
}
