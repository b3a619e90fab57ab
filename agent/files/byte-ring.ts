/** Bytes that wait to be written, in one fixed piece of memory: fresh memory for every frame costs more than the bytes. */

export class ByteRing {
  readonly #memory: Buffer;
  #start = 0;
  #length = 0;

  /** @param capacity the most that may wait, in bytes. */
  constructor(capacity: number) {
    this.#memory = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Copies bytes in; false, taking none, where they do not fit. */
  put(bytes: Uint8Array): boolean {
    const { length: capacity } = this.#memory;
    if (this.#length + bytes.length > capacity) return false;
    const at = (this.#start + this.#length) % capacity;
    const first = Math.min(bytes.length, capacity - at);
    this.#memory.set(bytes.subarray(0, first), at);
    this.#memory.set(bytes.subarray(first), 0);
    this.#length += bytes.length;
    return true;
  }

  /** The oldest bytes that lie together, at most so many. They stay until `drop`. */
  peek(maxBytes: number): Uint8Array {
    const end = Math.min(this.#start + Math.min(this.#length, maxBytes), this.#memory.length);
    return this.#memory.subarray(this.#start, end);
  }

  /** Forgets the oldest bytes. */
  drop(byteCount: number): void {
    this.#start = (this.#start + byteCount) % this.#memory.length;
    this.#length -= byteCount;
  }

  /** Empties it, to be used again. */
  clear(): void {
    this.#start = 0;
    this.#length = 0;
  }
}
