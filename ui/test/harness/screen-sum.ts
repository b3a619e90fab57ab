/**
 * A program of its own, run with DISPLAY and XAUTHORITY of a desktop: prints the screen's width, height and the sum over
 * its pixels (see pixel-sum.ts) as XGetImage reads them, independent of everything the agent does.
 */
import { dlopen, FFIType as T, type Pointer, toArrayBuffer } from "bun:ffi";
import { pixelSum } from "./pixel-sum.ts";

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;
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
const image = x.XGetImage(display, x.XDefaultRootWindow(display), 0, 0, width, height, ALL_PLANES, Z_PIXMAP);
if (image === null) throw new Error("the screen cannot be read");
// struct XImage: the pixels' address stands at byte 16
const address = Number(new DataView(toArrayBuffer(Number(image) as Pointer, 0, 136)).getBigUint64(16, true)) as Pointer;
const pixels = new Uint32Array(toArrayBuffer(address, 0, width * height * 4));
console.log(JSON.stringify({ width, height, sum: pixelSum(pixels) }));
