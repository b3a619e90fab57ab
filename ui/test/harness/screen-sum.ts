/**
 * The sum over a screen's pixels as XGetImage reads them, independent of everything the agent does. Run as a program of
 * its own, with DISPLAY and XAUTHORITY of a desktop, it prints the screen's width, height and sum.
 */
import { dlopen, FFIType as T, type Pointer, toArrayBuffer } from "bun:ffi";

/** A sum that any changed, moved or missing pixel changes. Each word holds blue, green, red in its low bytes. */
export function pixelSum(bgr: Uint32Array): number {
  let sum = 0;
  for (const pixel of bgr) sum = (sum * 31 + (pixel & 0xff_ffff)) % 2_147_483_647;
  return sum;
}

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;

function readScreen(): { readonly width: number; readonly height: number; readonly sum: number } {
  const x = dlopen("libX11.so.6", {
    XOpenDisplay: { args: [T.ptr], returns: T.ptr },
    XDefaultRootWindow: { args: [T.ptr], returns: T.u64 },
    XDisplayWidth: { args: [T.ptr, T.i32], returns: T.i32 },
    XDisplayHeight: { args: [T.ptr, T.i32], returns: T.i32 },
    XGetImage: { args: [T.ptr, T.u64, T.i32, T.i32, T.u32, T.u32, T.u64, T.i32], returns: T.ptr },
  }).symbols;
  const display = x.XOpenDisplay(null);
  if (display === null) throw new Error("the display does not open");
  const [width, height] = [x.XDisplayWidth(display, 0), x.XDisplayHeight(display, 0)];
  const root = x.XDefaultRootWindow(display);
  const image = x.XGetImage(display, root, 0, 0, width, height, ALL_PLANES, Z_PIXMAP);
  if (image === null) throw new Error("the screen cannot be read");
  // struct XImage: the pixels' address stands at byte 16
  const fields = new DataView(toArrayBuffer(Number(image) as Pointer, 0, 136));
  const pixels = toArrayBuffer(Number(fields.getBigUint64(16, true)) as Pointer, 0, width * height * 4);
  return { width, height, sum: pixelSum(new Uint32Array(pixels)) };
}

if (import.meta.main) console.log(JSON.stringify(readScreen()));
