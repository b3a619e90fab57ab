/** Pieces of bytes as they come, taken in the sizes one wants. Holds at most what was asked for and one piece. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #hasEnded = false;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `size` bytes; fewer only at the end. */
  async take(size: number): Promise<Buffer> {
    await this.#fill(size);
    const taken = Buffer.allocUnsafe(Math.min(size, this.#heldBytes));
    for (let filled = 0; filled < taken.length;) {
      const piece = this.#held[0]!;
      const part = piece.subarray(0, taken.length - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length === piece.length) this.#held.shift();
      else this.#held[0] = piece.subarray(part.length);
    }
    this.#heldBytes -= taken.length;
    return taken;
  }

  /** Whether nothing is left. */
  async isAtEnd(): Promise<boolean> {
    await this.#fill(1);
    return this.#heldBytes === 0;
  }

  /** Tells whoever gives the pieces that no more are wanted. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #fill(size: number): Promise<void> {
    while (this.#heldBytes < size && !this.#hasEnded) {
      const next = await this.#pieces.next();
      if (next.done === true) this.#hasEnded = true;
      else if (next.value.length > 0) {
        this.#held.push(next.value);
        this.#heldBytes += next.value.length;
      }
    }
  }
}
