import type { Clock } from "../clock.ts";

/** A clock that stands until it is moved. Starts at the real time, for certificates are checked by real peers. */
export class TestClock implements Clock {
  #wallMs = Date.now();
  #monotonicMs = 0;

  now(): Date {
    return new Date(this.#wallMs);
  }
  monotonicMs(): number {
    return this.#monotonicMs;
  }
  /** Time passes. */
  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
  /** Somebody sets the clock; no time passes. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }
}
