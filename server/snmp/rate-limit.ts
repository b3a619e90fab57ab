/** How much one address may ask, and how much is said to those who proved nothing. Pure but for the clock it is given. */

/** Tokens come back at a rate, up to a burst. */
interface Bucket {
  tokens: number;
  atMs: number;
}
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A monitoring system that walks everything each ten seconds stays far below. */
const ASKING: Rate = { perSecond: 100, burst: 300 };
/** In all, to everybody: what could be turned against a third party stays below 2 kB/s. */
const REPORTING: Rate = { perSecond: 10, burst: 20 };
/** Addresses remembered; past it the one that was heard longest ago is forgotten. */
const MAX_ADDRESSES = 256;

export class RateLimit {
  readonly #asking = new Map<string, Bucket>();
  readonly #reporting: Bucket;
  constructor(private readonly nowMs: () => number) {
    this.#reporting = { tokens: REPORTING.burst, atMs: nowMs() };
  }

  /** Whether a packet from this address is looked at. */
  mayAsk(address: string): boolean {
    const known = this.#asking.get(address) ?? { tokens: ASKING.burst, atMs: this.nowMs() };
    this.#asking.delete(address);
    this.#asking.set(address, known);
    if (this.#asking.size > MAX_ADDRESSES) this.#asking.delete(this.#asking.keys().next().value ?? "");
    return this.#take(known, ASKING);
  }

  /** Whether somebody who proved nothing is told anything. */
  mayReport(): boolean {
    return this.#take(this.#reporting, REPORTING);
  }

  #take(bucket: Bucket, { perSecond, burst }: Rate): boolean {
    const now = this.nowMs();
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
