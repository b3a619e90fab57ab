/**
 * The newest bytes of a stream, each known by its offset from the stream's beginning. Full, it forgets the oldest.
 * It begins small and grows to its capacity, for most shells say little.
 */
export class ReplayRing {
  #bytes: Uint8Array<ArrayBuffer>;
  #end = 0;

  constructor(
    readonly capacity: number,
    initialBytes = Math.min(capacity, 64 << 10),
  ) {
    this.#bytes = new Uint8Array(initialBytes);
  }

  /** Offset of the oldest byte still kept. */
  get start(): number {
    return Math.max(0, this.#end - this.capacity);
  }

  /** Offset the next byte will have. */
  get end(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    this.#growFor(this.#end + bytes.length);
    // Of more than fits only the end can be kept.
    const kept = bytes.subarray(Math.max(0, bytes.length - this.capacity));
    const at = (this.#end + bytes.length - kept.length) % this.#bytes.length;
    const beforeWrap = kept.subarray(0, this.#bytes.length - at);
    this.#bytes.set(beforeWrap, at);
    this.#bytes.set(kept.subarray(beforeWrap.length), 0);
    this.#end += bytes.length;
  }

  /**
   * Up to `maxBytes` from `offset` on; fewer where the buffer wraps, none at the end. A view, good until the next append.
   * @throws {RangeError} for an offset that is no longer, or not yet, kept.
   */
  read(offset: number, maxBytes: number): Uint8Array<ArrayBuffer> {
    if (offset < this.start || offset > this.#end) throw new RangeError(`offset ${offset} is not kept`);
    const at = offset % this.#bytes.length;
    const byteCount = Math.min(maxBytes, this.#end - offset, this.#bytes.length - at);
    return this.#bytes.subarray(at, at + byteCount);
  }

  /** Until it is full size nothing has wrapped, so growing is one copy. */
  #growFor(end: number): void {
    if (end <= this.#bytes.length || this.#bytes.length === this.capacity) return;
    let size = this.#bytes.length;
    while (size < end && size < this.capacity) size *= 2;
    const grown = new Uint8Array(Math.min(size, this.capacity));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
