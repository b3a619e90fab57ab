/** How long the line to an agent is: the shortest time any of our pings took there and back. Pure: the caller sends. */

/** Asked no more often than this. */
const PING_INTERVAL_MS = 1000;

export class RoundTrip {
  #askedAtMs: number | null = null;
  #number = 0;
  #leastMs: number | null = null;

  /** The shortest there was, for what a busy machine or a full line adds is not its length. null: none yet. */
  get leastMs(): number | null {
    return this.#leastMs;
  }

  /** The payload of the ping to send now; null: one was sent a moment ago. */
  ask(nowMs: number): string | null {
    if (this.#askedAtMs !== null && nowMs - this.#askedAtMs < PING_INTERVAL_MS) return null;
    this.#askedAtMs = nowMs;
    this.#number += 1;
    return String(this.#number);
  }

  /** A pong came. One to an older ping, or to none of ours, says nothing. */
  answered(payload: string, nowMs: number): void {
    if (this.#askedAtMs === null || payload !== String(this.#number)) return;
    this.#leastMs = Math.min(this.#leastMs ?? Number.POSITIVE_INFINITY, nowMs - this.#askedAtMs);
  }
}
