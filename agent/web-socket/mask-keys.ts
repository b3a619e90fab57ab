const POOL_BYTES = 4096;

/** Fresh random 4-byte keys, fetched by the thousand: a key for each frame costs next to nothing. */
export class MaskKeys {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #used = POOL_BYTES;

  constructor(private readonly fillRandom: (bytes: Uint8Array<ArrayBuffer>) => unknown) {}

  /** The next key; a view that stays valid until some more were asked for. */
  next(): Uint8Array {
    if (this.#used === POOL_BYTES) {
      this.fillRandom(this.#pool);
      this.#used = 0;
    }
    this.#used += 4;
    return this.#pool.subarray(this.#used - 4, this.#used);
  }
}
