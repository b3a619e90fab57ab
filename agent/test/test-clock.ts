import type { Clock } from "../clock.ts";

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #ms = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  now(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#ms);
  }

  monotonicMs(): number {
    return this.#ms;
  }

  after(delayMs: number, run: () => void): Disposable {
    const timer = { atMs: this.#ms + delayMs, run };
    this.#timers.push(timer);
    return { [Symbol.dispose]: () => void (this.#timers = this.#timers.filter((one) => one !== timer)) };
  }

  /** Lets time pass, and with it whatever was to happen by then. */
  advance(ms: number): void {
    this.#ms += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#ms);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { run } of due) run();
  }
}
