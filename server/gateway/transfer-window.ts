/**
 * How far ahead of the browser an agent may send one transfer. On a short line the protocol's small window is best: keys of
 * others wait for whatever comes in one piece. On a long line it would let through one window per round trip, so there
 * it grows to twice what was taken in one round trip, which is what a line needs to be kept busy, and goes back where a slow
 * first answer made a short line look long. While somebody types, a transfer on a short line has a third of its window.
 * Pure: time is an argument.
 */
import { channelWindows } from "../../protocol/channel.ts";

/** The widest window of one transfer: 160 MB/s over 100 ms. */
export const MAX_TRANSFER_WINDOW_BYTES = 16 << 20;
/** What all transfers of the server together may have beyond the window each begins with; past it none grows. */
export const MAX_WIDENED_BYTES = 128 << 20;
/** What a transfer may have on its way while somebody types: two of the agent's pieces, so that it never stands still. */
export const TYPING_WINDOW_BYTES = 128 << 10;
/** Up to here a line is short: the first window lets 75 MB/s and more through. */
const SHORT_ROUND_TRIP_MS = 5;

/** What the protocol gives every transfer to begin with. */
export const FIRST_TRANSFER_WINDOW_BYTES: number = channelWindows.transfer.toViewerBytes;

/** What is left of MAX_WIDENED_BYTES. */
export class WindowBudget {
  #leftBytes: number;

  constructor(totalBytes = MAX_WIDENED_BYTES) {
    this.#leftBytes = totalBytes;
  }

  /** Takes up to so many bytes and says how many it got. */
  take(byteCount: number): number {
    const taken = Math.min(byteCount, this.#leftBytes);
    this.#leftBytes -= taken;
    return taken;
  }

  giveBack(byteCount: number): void {
    this.#leftBytes += byteCount;
  }
}

/** What a lane's transfers have learnt of its line; the next one begins where the last one came to. */
export interface Line {
  readonly roundTripMs: number | null;
  transferWindowBytes: number;
}

/** The window of one transfer. Disposing gives its part of the budget back. */
export class TransferWindow implements Disposable {
  #bytes = FIRST_TRANSFER_WINDOW_BYTES;
  #roundBeganMs: number | null = null;
  #roundBytes = 0;
  /** Credit that is due and waits until nobody types. */
  #keptBack = 0;

  constructor(
    private readonly line: Line,
    private readonly budget: WindowBudget,
  ) {}

  /**
   * Bytes were dealt with; returns by how many the window becomes wider now, or below zero narrower. What makes it narrower
   * is taken from `dueBytes`, the credit that is due: what was granted cannot be taken back.
   */
  took(byteCount: number, dueBytes: number, nowMs: number): number {
    this.#measure(byteCount, nowMs);
    const missing = this.line.transferWindowBytes - this.#bytes;
    const change = missing >= 0 ? this.budget.take(missing) : Math.max(missing, -dueBytes);
    if (change < 0) this.budget.giveBack(-change);
    this.#bytes += change;
    return change;
  }

  /** How much of the credit that is due goes to the agent now; the rest goes with what is due when nobody types any more. */
  release(dueBytes: number, isTyping: boolean): number {
    const due = dueBytes + this.#keptBack;
    this.#keptBack = isTyping && this.#isShort ? Math.min(due, FIRST_TRANSFER_WINDOW_BYTES - TYPING_WINDOW_BYTES) : 0;
    return due - this.#keptBack;
  }

  /** A line of which nothing is known yet is taken for a short one. */
  get #isShort(): boolean {
    return (this.line.roundTripMs ?? 0) <= SHORT_ROUND_TRIP_MS;
  }

  /** What is taken in one round trip says what the line carries, or what the browser takes: whichever is less. */
  #measure(byteCount: number, nowMs: number): void {
    const { roundTripMs } = this.line;
    this.#roundBeganMs ??= nowMs;
    this.#roundBytes += byteCount;
    const elapsedMs = nowMs - this.#roundBeganMs;
    if (this.#isShort) this.line.transferWindowBytes = FIRST_TRANSFER_WINDOW_BYTES;
    if (roundTripMs === null || this.#isShort || elapsedMs < roundTripMs) return;
    const wantedBytes = Math.round((2 * this.#roundBytes * roundTripMs) / elapsedMs);
    this.line.transferWindowBytes = Math.min(
      MAX_TRANSFER_WINDOW_BYTES,
      Math.max(this.line.transferWindowBytes, wantedBytes),
    );
    this.#roundBeganMs = nowMs;
    this.#roundBytes = 0;
  }

  [Symbol.dispose](): void {
    this.budget.giveBack(this.#bytes - FIRST_TRANSFER_WINDOW_BYTES);
    this.#bytes = FIRST_TRANSFER_WINDOW_BYTES;
  }
}
