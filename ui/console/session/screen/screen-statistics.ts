/** Pictures and bytes a second, for the status line. Pure: whoever asks says what time it is. */

/** How many seconds the sparkline reaches back. */
export const HISTORY_SECONDS = 60;

export interface ScreenRates {
  readonly picturesPerSecond: number;
  readonly kilobitsPerSecond: number;
  /** kbit/s for each of the last seconds, oldest first. */
  readonly history: readonly number[];
}

export const NO_RATES: ScreenRates = { picturesPerSecond: 0, kilobitsPerSecond: 0, history: [] };

export class ScreenStatistics {
  #pictures = 0;
  #bytes = 0;
  #history: number[] = [];

  received(byteCount: number, isPicture: boolean): void {
    this.#bytes += byteCount;
    if (isPicture) this.#pictures++;
  }

  /** Closes the present interval, which lasted `elapsedMs`. */
  tick(elapsedMs: number): ScreenRates {
    const seconds = Math.max(0.001, elapsedMs / 1000);
    const kilobitsPerSecond = (this.#bytes * 8) / 1000 / seconds;
    const picturesPerSecond = Math.round(this.#pictures / seconds);
    this.#history = [...this.#history, kilobitsPerSecond].slice(-HISTORY_SECONDS);
    [this.#pictures, this.#bytes] = [0, 0];
    return { picturesPerSecond, kilobitsPerSecond, history: this.#history };
  }
}

/** "840 kbit/s", "4.1 Mbit/s", as number and unit. */
export function rateInWords(kilobitsPerSecond: number): { readonly value: string; readonly unit: string } {
  if (kilobitsPerSecond < 999.5) return { value: String(Math.round(kilobitsPerSecond)), unit: "kbit/s" };
  return { value: (kilobitsPerSecond / 1000).toFixed(1), unit: "Mbit/s" };
}

/** An SVG path through the history, `width` by `height`, the highest value at the top. */
export function sparklinePath(history: readonly number[], width: number, height: number): string {
  if (history.length < 2) return "";
  const most = Math.max(1, ...history);
  const step = width / (HISTORY_SECONDS - 1);
  const first = width - (history.length - 1) * step;
  return history
    .map((value, index) => {
      const y = height - 1 - (value / most) * (height - 2);
      return `${index === 0 ? "M" : "L"}${(first + index * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
