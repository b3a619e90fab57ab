/** Values of the last hour, one a minute; pure. */
const MINUTES = 60;
const MINUTE_MS = 60_000;

/** Takes readings as they come and keeps the mean of each minute, at most sixty, oldest first. */
export class LastHour {
  readonly #minutes: number[] = [];
  #sum = 0;
  #count = 0;
  #startedMs: number | null = null;

  /** @param nowMs of a clock that never goes back */
  add(value: number, nowMs: number): void {
    this.#startedMs ??= nowMs;
    if (nowMs - this.#startedMs >= MINUTE_MS) {
      this.#close();
      this.#startedMs = nowMs;
    }
    this.#sum += value;
    this.#count += 1;
  }

  /** With the minute that runs. */
  values(): number[] {
    const running = this.#count === 0 ? [] : [this.#mean()];
    return [...this.#minutes, ...running].slice(-MINUTES);
  }

  #close(): void {
    if (this.#count > 0) this.#minutes.push(this.#mean());
    if (this.#minutes.length > MINUTES) this.#minutes.shift();
    [this.#sum, this.#count] = [0, 0];
  }

  #mean(): number {
    return Math.round((this.#sum / this.#count) * 10) / 10;
  }
}
