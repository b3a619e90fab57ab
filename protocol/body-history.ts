/**
 * What both ends of a screen channel remember of the bodies that went before: the dictionary of the next deflate stream
 * (RFC 1951 knows it as the bytes before the stream). A letter that was on the screen a moment ago then costs almost
 * nothing.
 */

/** How much is remembered: as far as a deflate stream can reach back. */
export const BODY_HISTORY_BYTES = 32 << 10;

export class BodyHistory {
  readonly #bytes = new Uint8Array(BODY_HISTORY_BYTES);
  #length = 0;

  /** The end of all bodies so far, oldest byte first; a view that `remember` overwrites. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(BODY_HISTORY_BYTES - this.#length);
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Adds an inflated body. */
  remember(body: Uint8Array): void {
    const added = body.subarray(-BODY_HISTORY_BYTES);
    this.#bytes.copyWithin(0, added.length);
    this.#bytes.set(added, BODY_HISTORY_BYTES - added.length);
    this.#length = Math.min(BODY_HISTORY_BYTES, this.#length + added.length);
  }

  clear(): void {
    this.#length = 0;
  }

  clone(): BodyHistory {
    const copy = new BodyHistory();
    copy.remember(this.bytes);
    return copy;
  }
}
