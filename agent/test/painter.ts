/** Draws on the root window of a display, and reads it back by XGetImage: the truth that tests compare with. */
import { dlopen, FFIType as T, type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { toPointer } from "../x11/c-library.ts";
import { type DisplayAddress, fixedBytes, X11Connection } from "../x11/connection.ts";

const drawing = {
  XCreateGC: { args: [T.ptr, T.u64, T.u64, T.ptr], returns: T.ptr },
  XSetForeground: { args: [T.ptr, T.ptr, T.u64], returns: T.i32 },
  XSetSubwindowMode: { args: [T.ptr, T.ptr, T.i32], returns: T.i32 },
  XFillRectangle: { args: [T.ptr, T.u64, T.ptr, T.i32, T.i32, T.u32, T.u32], returns: T.i32 },
  XQueryKeymap: { args: [T.ptr, T.ptr], returns: T.i32 },
  XCopyArea: { args: [T.ptr, T.u64, T.u64, T.ptr, T.i32, T.i32, T.u32, T.u32, T.i32, T.i32], returns: T.i32 },
} as const;
const Z_PIXMAP = 2;

export class Painter implements Disposable {
  readonly #connection: X11Connection;
  readonly #x = dlopen("libX11.so.6", drawing).symbols;
  readonly #context: Pointer | null;

  constructor(address: DisplayAddress) {
    this.#connection = new X11Connection(address);
    this.#context = toPointer(this.#x.XCreateGC(this.#connection.pointer, this.#connection.root, 0, null));
    this.#x.XSetSubwindowMode(this.#connection.pointer, this.#context, 1);
  }

  fill(x: number, y: number, width: number, height: number, rgb: number): void {
    const { pointer, root } = this.#connection;
    this.#x.XSetForeground(pointer, this.#context, rgb);
    this.#x.XFillRectangle(pointer, root, this.#context, x, y, width, height);
  }

  copy(x: number, y: number, width: number, height: number, toX: number, toY: number): void {
    const { pointer, root } = this.#connection;
    this.#x.XCopyArea(pointer, root, root, this.#context, x, y, width, height, toX, toY);
  }

  /** Waits until everything is drawn. */
  finish(): void {
    this.#connection.sync();
  }

  /** The screen as 0xRRGGBB, row by row. */
  read(x: number, y: number, width: number, height: number): Uint32Array {
    const { pointer, root } = this.#connection;
    const image = toPointer(this.#connection.x.XGetImage(pointer, root, x, y, width, height, 0xffff_ffff, Z_PIXMAP));
    if (image === null) throw new Error("XGetImage failed");
    const data = Number(new DataView(toArrayBuffer(image, 0, 136)).getBigUint64(16, true)) as Pointer;
    const pixels = new Uint32Array(toArrayBuffer(data, 0, width * height * 4)).map((pixel) => pixel & 0xff_ffff);
    this.#connection.x.XFree(data);
    this.#connection.x.XFree(image);
    return pixels;
  }

  /** The keycodes that are down, whoever holds them. */
  keysDown(): number[] {
    const bits = fixedBytes(32);
    this.#x.XQueryKeymap(this.#connection.pointer, ptr(bits));
    return Array.from({ length: 256 }, (_, keycode) => keycode).filter(
      (keycode) => (bits[keycode >> 3]! & (1 << (keycode & 7))) !== 0,
    );
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}
