/** Token buckets by key. Pure but for what it remembers; the time is an argument. */

export interface BucketSize {
  /** Attempts at once. */
  readonly capacity: number;
  readonly refillPerMinute: number;
  /** Keys remembered; past it the one asked for longest ago is forgotten, which can only be kind to it. */
  readonly maxKeys: number;
}

export class TokenBuckets {
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  constructor(private readonly size: BucketSize) {}

  /** Takes one token of `key`; `false` when there is none. */
  take(key: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: this.size.capacity, atMs: nowMs };
    const refilled = bucket.tokens + ((nowMs - bucket.atMs) / 60_000) * this.size.refillPerMinute;
    const tokens = Math.min(this.size.capacity, refilled);
    const isGranted = tokens >= 1;
    this.#remember(key, { tokens: isGranted ? tokens - 1 : tokens, atMs: nowMs });
    return isGranted;
  }

  #remember(key: string, bucket: { tokens: number; atMs: number }): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= this.size.maxKeys) return;
    const oldest = this.#buckets.keys().next().value;
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
