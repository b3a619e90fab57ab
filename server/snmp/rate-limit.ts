/** How much one address may ask, and all together, and how much is said to those who proved nothing. Pure but for its clock. */

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
/** In all, from everybody: whoever writes foreign addresses as the sender takes no more of the processor than this. */
const ASKING_IN_ALL: Rate = { perSecond: 1000, burst: 3000 };
/** In all, to everybody: what could be turned against a third party stays below 2 kB/s. */
const INTRODUCING: Rate = { perSecond: 10, burst: 20 };
/** Addresses remembered; past it the one that was heard longest ago is forgotten. */
const MAX_ADDRESSES = 256;

export class RateLimit {
  readonly #asking = new Map<string, Bucket>();
  readonly #inAll: Bucket;
  readonly #introducing: Bucket;
  constructor(private readonly nowMs: () => number) {
    this.#inAll = { tokens: ASKING_IN_ALL.burst, atMs: nowMs() };
    this.#introducing = { tokens: INTRODUCING.burst, atMs: nowMs() };
  }

  /** Whether a packet from this address is looked at. */
  mayAsk(address: string): boolean {
    const known = this.#asking.get(address) ?? { tokens: ASKING.burst, atMs: this.nowMs() };
    this.#asking.delete(address);
    this.#asking.set(address, known);
    if (this.#asking.size > MAX_ADDRESSES) this.#asking.delete(this.#asking.keys().next().value ?? "");
    // First its own: what one address asks too much is not taken from the others.
    return this.#take(known, ASKING) && this.#take(this.#inAll, ASKING_IN_ALL);
  }

  /** Whether somebody who proved nothing is told anything. */
  mayIntroduce(): boolean {
    return this.#take(this.#introducing, INTRODUCING);
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
