/** Where the pointer is at the remote computer, which button it is, how far the wheel went. Pure. */
import type { RemoteInput } from "../../../../protocol/input.ts";
import type { Rectangle, ScreenLayout } from "../../../../protocol/screen.ts";

/** A place on the page within the picture's box, as pixels of the remote desktop. Outside, the nearest edge. */
export function remotePoint(
  box: Rectangle,
  layout: ScreenLayout,
  x: number,
  y: number,
): { readonly x: number; readonly y: number } {
  const along = (at: number, start: number, length: number, pixels: number): number =>
    Math.max(0, Math.min(pixels - 1, Math.floor(((at - start) * pixels) / Math.max(1, length))));
  return {
    x: layout.x + along(x, box.x, box.width, layout.width),
    y: layout.y + along(y, box.y, box.height, layout.height),
  };
}

/** MouseEvent.button as the wire counts; `null` for one the wire does not know. */
export function remoteButton(button: number): number | null {
  return [1, 2, 3, 8, 9][button] ?? null;
}

/** What of a WheelEvent decides. */
export interface WheelTurn {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  /** Chromium's and Safari's older fields: 120 a notch, upwards positive. */
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
}

const NOTCH = 120;
const LINES_A_NOTCH = 3;
const PIXELS_A_NOTCH = 100;

export function remoteWheel(turn: WheelTurn): RemoteInput {
  const scale = turn.deltaMode === 0 ? NOTCH / PIXELS_A_NOTCH : NOTCH / LINES_A_NOTCH;
  const inNotches = (old: number | undefined, delta: number): number =>
    Math.round(old === undefined || old === 0 ? delta * scale : -old);
  return {
    kind: "wheel",
    deltaX: inNotches(turn.wheelDeltaX, turn.deltaX),
    deltaY: inNotches(turn.wheelDeltaY, turn.deltaY),
  };
}
