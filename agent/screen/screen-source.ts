/** Where a screen's picture comes from, whatever the platform. */
import type { Pointer } from "bun:ffi";
import type { CursorImage, Monitor, Rectangle } from "../../protocol/screen.ts";

/** Pixels in memory, four bytes each: blue, green, red, and one that means nothing. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Row after row, without gaps. */
  readonly words: Uint32Array;
  /** Where `words` begins. The memory stays where it is. */
  readonly address: Pointer;
}

/** What has happened since the last time of asking. */
export interface SourceEvents {
  readonly hasDamage: boolean;
  /** Size or monitors are not what they were: `refreshLayout` is due. */
  readonly hasNewLayout: boolean;
  readonly hasNewCursor: boolean;
  readonly hasPointerMoved: boolean;
  /** The display has gone; only disposing is left. */
  readonly isLost: boolean;
}

/** A display that can be watched. One thread uses it; it may block that thread in `wait`. */
export interface ScreenSource extends Disposable {
  readonly pixels: Pixels;
  /** Primary first, then from left to right. */
  readonly monitors: readonly Monitor[];
  /** Blocks until the display has news, somebody wakes the thread, or the time is over. */
  wait(timeoutMs: number): void;
  takeEvents(): SourceEvents;
  /** Makes `pixels` and `monitors` true again after a new layout. */
  refreshLayout(): void;
  /** Brings everything drawn since the last grab into `pixels` and says where it was; `null` if it could not be had. */
  grab(): readonly Rectangle[] | null;
  /** Brings the whole screen into `pixels`; false if it could not be had. */
  grabWhole(): boolean;
  cursor(): CursorImage | null;
  pointer(): { readonly x: number; readonly y: number } | null;
}
