/** The pointer's picture, by XFixes. */
import { type Pointer, toArrayBuffer } from "bun:ffi";
import { type CursorImage, MAX_CURSOR_EDGE } from "../../../protocol/screen.ts";
import { toPointer } from "../../x11/c-library.ts";
import type { X11Connection } from "../../x11/connection.ts";
import type { X11Library } from "../../x11/libraries.ts";

/** The pointer as it looks now; `null` if the display does not tell, or the picture is larger than viewers take. */
export function readCursor(connection: X11Connection, fixes: X11Library<"fixes">): CursorImage | null {
  const image = toPointer(fixes.XFixesGetCursorImage(connection.pointer));
  if (image === null) return null;
  // struct XFixesCursorImage: short x, y; unsigned short width, height, xhot, yhot; unsigned long serial; pixels *
  const fields = new DataView(toArrayBuffer(image, 0, 32));
  const [width, height] = [fields.getUint16(4, true), fields.getUint16(6, true)];
  const [hotX, hotY] = [fields.getUint16(8, true), fields.getUint16(10, true)];
  const pixels = Number(fields.getBigUint64(24, true)) as Pointer;
  const isFit = width <= MAX_CURSOR_EDGE && height <= MAX_CURSOR_EDGE;
  const rgba = isFit ? straightAlpha(pixels, width * height) : null;
  connection.x.XFree(image);
  return rgba === null ? null : { width, height, hotX, hotY, rgba };
}

/** Each pixel is an unsigned long of premultiplied ARGB; only its low 32 bits count. */
function straightAlpha(pixels: Pointer, count: number): Uint8Array {
  const rgba = new Uint8Array(count * 4);
  if (count === 0) return rgba;
  const source = new Uint32Array(toArrayBuffer(pixels, 0, count * 8));
  for (let index = 0; index < count; index++) {
    const argb = source[index * 2]!;
    const alpha = argb >>> 24;
    const straight = (value: number) => (alpha === 0 ? 0 : Math.min(255, Math.round((value * 255) / alpha)));
    rgba[index * 4] = straight((argb >> 16) & 255);
    rgba[index * 4 + 1] = straight((argb >> 8) & 255);
    rgba[index * 4 + 2] = straight(argb & 255);
    rgba[index * 4 + 3] = alpha;
  }
  return rgba;
}
