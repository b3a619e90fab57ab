/**
 * Flow control by credit. A channel's writer may send as many bytes as the reader has granted; the reader grants more
 * once it has really dealt with what came (painted, written to the PTY, handed to the HTTP response).
 * Pure: sends nothing itself.
 */

/** The credit each side starts with, in bytes. */
export interface ChannelWindow {
  readonly toAgentBytes: number;
  readonly toViewerBytes: number;
}

export const channelWindows = {
  shell: { toAgentBytes: 256 << 10, toViewerBytes: 1 << 20 },
  screen: { toAgentBytes: 0, toViewerBytes: 8 << 20 },
  input: { toAgentBytes: 64 << 10, toViewerBytes: 0 },
  /**
   * The server's own end of a transfer on the bulk lane. Towards the viewer small, measured: what comes in one piece is
   * hashed and sent on in one turn of the server's loop, and a key of anybody waits for it (4 MiB: 59 ms, 384 KiB: 2 ms).
   * Over a long line the server grants more, and while somebody types less (server/gateway/transfer-window.ts).
   */
  transfer: { toAgentBytes: 4 << 20, toViewerBytes: 384 << 10 },
} as const satisfies Record<string, ChannelWindow>;
export type ChannelKind = keyof typeof channelWindows;

/**
 * The most one data frame may carry, so that frames of other channels get in between. Bun sends frames of half a MiB and
 * more over TLS for two thirds of what the same bytes cost in smaller ones.
 */
export const MAX_CHANNEL_PAYLOAD_BYTES = 512 << 10;

/** What a writer may still send. */
export class SendWindow {
  #available: number;
  constructor(initialBytes: number) {
    this.#available = initialBytes;
  }
  get availableBytes(): number {
    return this.#available;
  }
  /** Takes up to `byteCount` from the window and says how many may be sent now. */
  take(byteCount: number): number {
    const granted = Math.min(byteCount, Math.max(0, this.#available));
    this.#available -= granted;
    return granted;
  }
  /** Takes the whole of `byteCount`, below zero if need be: for a writer whose last frame must not be cut. */
  spend(byteCount: number): void {
    this.#available -= byteCount;
  }
  /** Adds what the reader granted. Credit past 4 GiB is a broken peer's; it is clamped. */
  grant(byteCount: number): void {
    this.#available = Math.min(this.#available + byteCount, 0xffff_ffff);
  }
}

/** What a reader has dealt with and not yet granted back. */
export class ReceiveWindow {
  #received = 0;
  #pending = 0;
  #size: number;
  #granted: number;
  constructor(initialBytes: number) {
    this.#size = initialBytes;
    this.#granted = initialBytes;
  }
  /** Counts arriving bytes; `false` when the peer sent more than it was granted, which ends the channel. */
  receive(byteCount: number): boolean {
    this.#received += byteCount;
    return this.#received <= this.#granted;
  }
  /** Counts bytes dealt with; returns the credit to send now, or 0 while it is less than a quarter of the window. */
  consume(byteCount: number): number {
    this.#pending += byteCount;
    if (this.#pending * 4 < this.#size) return 0;
    const credit = this.#pending;
    this.#pending = 0;
    this.#granted += credit;
    return credit;
  }
  /** Makes the window larger; the same number is to be sent to the writer as credit. Below zero: so much less is. */
  widen(byteCount: number): void {
    this.#size += byteCount;
    this.#granted += byteCount;
  }
}
