/**
 * What goes to and comes from one shell, counted in bytes, so that after a broken connection nothing is missing and
 * nothing comes twice. Input is kept until the shell is known to have it. Pure: sends nothing itself.
 */

/** Input waiting for the shell or for the connection; more is refused, so that a dead link fills no memory. */
export const MAX_WAITING_INPUT_BYTES = 8 << 20;

export class ShellStream {
  #outputOffset = 0;
  /** Kept input, oldest first; its first byte stands at `#base`. */
  #kept: Uint8Array[] = [];
  #base = 0;
  /** Offset of the next byte to send on the channel that stands. */
  #sent = 0;
  #end = 0;

  /** Offset of the next output byte we want. */
  get outputOffset(): number {
    return this.#outputOffset;
  }

  /** All input so far, sent or not. */
  get inputBytes(): number {
    return this.#end;
  }

  /** Input that has not gone out yet. */
  get unsentBytes(): number {
    return this.#end - this.#sent;
  }

  /** Takes typed or pasted bytes; false, taking none, when too much is waiting already. */
  type(bytes: Uint8Array): boolean {
    if (this.#end - this.#base + bytes.length > MAX_WAITING_INPUT_BYTES) return false;
    if (bytes.length > 0) this.#kept.push(bytes);
    this.#end += bytes.length;
    return true;
  }

  /**
   * A channel stands: output follows from `outputOffset`, and the shell has taken `inputOffset` bytes of ours. Returns
   * how many bytes of output are gone for good, 0 as a rule.
   */
  opened(outputOffset: number, inputOffset: number): number {
    const missed = Math.max(0, outputOffset - this.#outputOffset);
    this.#outputOffset = outputOffset;
    this.#drop(Math.min(inputOffset, this.#end) - this.#base);
    this.#sent = this.#base;
    return missed;
  }

  /** The next bytes to send, at most `maxBytes`; empty when there are none. `sent` says how many went. */
  next(maxBytes: number): Uint8Array {
    let at = this.#sent - this.#base;
    for (const bytes of this.#kept) {
      if (at < bytes.length) return bytes.subarray(at, at + maxBytes);
      at -= bytes.length;
    }
    return new Uint8Array();
  }

  sent(byteCount: number): void {
    this.#sent += byteCount;
  }

  /** Credit came: the shell has dealt with so many bytes more. */
  acknowledged(byteCount: number): void {
    this.#drop(Math.min(byteCount, this.#sent - this.#base));
  }

  received(byteCount: number): void {
    this.#outputOffset += byteCount;
  }

  #drop(byteCount: number): void {
    if (byteCount <= 0) return;
    this.#base += byteCount;
    let left = byteCount;
    while (left > 0) {
      const first = this.#kept[0]!;
      if (first.length > left) {
        this.#kept[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#kept.shift();
    }
  }
}
