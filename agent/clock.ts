/** The only way the agent reads time, so that tests can choose it. */
export interface Clock {
  /** Wall-clock time; may jump. */
  now(): Date;
  /** Milliseconds that never go back, for measuring how long something takes. */
  monotonicMs(): number;
  /** Calls `run` once, `delayMs` from now, unless the result is disposed before. */
  after(delayMs: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/**
 * One interval timer for many listeners: thousands of simulated Jump Clients in one process cost one timer. It runs
 * while anybody listens.
 */
export class Ticker {
  readonly #listeners = new Set<(nowMs: number) => void>();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    readonly intervalMs: number,
    private readonly clock: Pick<Clock, "monotonicMs"> = systemClock,
  ) {}

  /** Monotonic milliseconds, the same scale the listeners are called with. */
  nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** Calls `listener` on each tick until the result is disposed. */
  listen(listener: (nowMs: number) => void): Disposable {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), this.intervalMs);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size > 0 || this.#timer === null) return;
        clearInterval(this.#timer);
        this.#timer = null;
      },
    };
  }

  #tick(): void {
    const nowMs = this.clock.monotonicMs();
    for (const listener of [...this.#listeners]) listener(nowMs);
  }
}
