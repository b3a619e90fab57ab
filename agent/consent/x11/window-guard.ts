/** Keeps a window where the customer sees it: above others, mapped, and in its place. */
import type { X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { Box } from "../window-layout.ts";

/** Where windows are composited nobody is told of being covered. */
const RAISE_EVERY_MS = 1000;

const VISIBILITY = 15;
const UNMAP = 18;
const MAP = 19;
const CONFIGURE = 22;
/** Where XEvent keeps what is read of it. */
const at = { visibility: 40, x: 48, y: 52, width: 56, height: 60 } as const;

export class WindowGuard {
  readonly #connection: X11Connection;
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #window: number;
  readonly #restoreMs: number;
  #place: Box;
  #isCovered = false;
  #isHidden = false;
  #isMoved = false;
  #raisedAtMs = -Infinity;

  /** @param restoreMs brought back at most this often, so that it and what also wants to be on top do not go mad */
  constructor(connection: X11Connection, window: number, place: Box, restoreMs: number) {
    this.#connection = connection;
    this.#restoreMs = restoreMs;
    this.#window = window;
    this.#place = place;
  }

  /**
   * Takes note of an event of the window.
   * @returns whether the customer may now see something else than a moment ago: a click that was on its way is not meant
   */
  heed(type: number): boolean {
    const { event } = this.#connection;
    const before = this.#isDisturbed;
    if (type === VISIBILITY) this.#isCovered = event.getInt32(at.visibility, true) !== 0;
    else if (type === UNMAP) this.#isHidden = true;
    else if (type === MAP) this.#isHidden = false;
    else if (type === CONFIGURE) this.#isMoved = !this.#isInPlace();
    else return false;
    return before || this.#isDisturbed;
  }

  /** The window belongs there from now on. */
  moveTo(place: Box): void {
    this.#place = place;
    const { pointer } = this.#connection;
    this.#drawing.XMoveResizeWindow(pointer, this.#window, place.x, place.y, place.width, place.height);
    this.#connection.flush();
  }

  /** Brings the window back. Call it often: it does little, and nothing mostly. */
  keep(nowMs: number): void {
    const pause = this.#isDisturbed ? this.#restoreMs : RAISE_EVERY_MS;
    if (nowMs - this.#raisedAtMs < pause) return;
    this.#raisedAtMs = nowMs;
    const { pointer } = this.#connection;
    const { x, y, width, height } = this.#place;
    if (this.#isMoved) this.#drawing.XMoveResizeWindow(pointer, this.#window, x, y, width, height);
    this.#drawing.XMapRaised(pointer, this.#window);
    this.#connection.flush();
  }

  get #isDisturbed(): boolean {
    return this.#isCovered || this.#isHidden || this.#isMoved;
  }

  #isInPlace(): boolean {
    const { event } = this.#connection;
    const { x, y, width, height } = this.#place;
    const is = [at.x, at.y, at.width, at.height].map((place) => event.getInt32(place, true));
    return [x, y, width, height].every((wanted, index) => is[index] === wanted);
  }
}
