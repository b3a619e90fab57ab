/** Reads properties of windows (XGetWindowProperty). */
import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { offset, toPointer } from "./c-library.ts";
import { fixedBytes, type X11Connection } from "./connection.ts";

const ANY_TYPE = 0;
/** Xlib gives items of format 32 as C longs. */
const LONG_BYTES = 8;

/** What a property holds; a copy, which is ours. */
export interface WindowProperty {
  /** An atom. */
  readonly type: number;
  readonly format: 8 | 16 | 32;
  /** Of format 32: eight bytes an item, little-endian. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** There is more of it than was asked for. */
  readonly isCut: boolean;
}

/**
 * The property's value, at most `maxBytes` of it as the display counts them; null if the window or the property is not
 * there. With `isTaken` it is deleted, if it was read to its end.
 */
export function readProperty(
  { x, pointer }: X11Connection,
  window: number,
  property: number,
  { maxBytes, isTaken = false }: { readonly maxBytes: number; readonly isTaken?: boolean },
): WindowProperty | null {
  const out = fixedBytes(40);
  const at = (index: number): Pointer => offset(ptr(out), index * 8);
  const wanted = [window, property, 0, Math.ceil(maxBytes / 4), isTaken ? 1 : 0, ANY_TYPE] as const;
  // type, format, item count, bytes after, data
  const status = x.XGetWindowProperty(pointer, ...wanted, at(0), at(1), at(2), at(3), at(4));
  const fields = new DataView(out.buffer);
  const data = toPointer(fields.getBigUint64(32, true));
  if (status !== 0 || data === null) return null;
  const [type, format] = [Number(fields.getBigUint64(0, true)), fields.getInt32(8, true)];
  const length = Number(fields.getBigUint64(16, true)) * (format === 32 ? LONG_BYTES : format / 8);
  const bytes = length === 0 ? new Uint8Array() : new Uint8Array(toArrayBuffer(data, 0, length)).slice();
  x.XFree(data);
  if (type === 0 || (format !== 8 && format !== 16 && format !== 32)) return null;
  return { type, format, bytes, isCut: fields.getBigUint64(24, true) > 0n };
}
