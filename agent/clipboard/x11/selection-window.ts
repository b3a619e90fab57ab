/** A window of ours that nobody sees, by which an X client takes part in selections (ICCCM, section 2). */
import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { offset, toPointer } from "../../x11/c-library.ts";
import { EVENT_BYTES, fixedBytes, type X11Connection } from "../../x11/connection.ts";

const NEW_VALUE_OR_DELETE_MASK = 1n << 22n;
const REPLACE = 0;
const ANY_TYPE = 0;
const SELECTION_NOTIFY = 31;

export interface WindowProperty {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** There is more of it than was asked for. */
  readonly isCut: boolean;
}

export class SelectionWindow {
  readonly window: number;
  readonly #connection: X11Connection;

  constructor(connection: X11Connection) {
    this.#connection = connection;
    const { x, pointer, root } = connection;
    this.window = Number(x.XCreateSimpleWindow(pointer, root, 0, 0, 1, 1, 0, 0, 0));
    this.watchProperties(this.window);
  }

  /** Tells of changed properties of a window from now on. */
  watchProperties(window: number): void {
    this.#connection.x.XSelectInput(this.#connection.pointer, window, NEW_VALUE_OR_DELETE_MASK);
  }

  /** The window that owns a selection at this moment, by the display's word; 0: none. */
  ownerOf(selection: number): number {
    return Number(this.#connection.x.XGetSelectionOwner(this.#connection.pointer, selection));
  }

  /** Writes bytes (format 8) or numbers (format 32, which Xlib takes as C longs). */
  write(window: number, property: number, type: number, value: Uint8Array | readonly number[]): void {
    const { x, pointer } = this.#connection;
    if (value instanceof Uint8Array) {
      const bytes = value.length === 0 ? fixedBytes(8) : value;
      x.XChangeProperty(pointer, window, property, type, 8, REPLACE, ptr(bytes), value.length);
      return;
    }
    const numbers = new BigUint64Array(new ArrayBuffer(value.length * 8));
    value.forEach((number, index) => (numbers[index] = BigInt(number)));
    x.XChangeProperty(pointer, window, property, type, 32, REPLACE, ptr(numbers), value.length);
  }

  /** Reads a property of our window, at most `maxBytes` of it, and deletes it; `null` if there is none. */
  take(property: number, maxBytes: number): WindowProperty | null {
    const out = fixedBytes(40);
    const at = (index: number): Pointer => offset(ptr(out), index * 8);
    const { x, pointer } = this.#connection;
    const longs = Math.ceil(maxBytes / 4);
    // type, format, item count, bytes after, data; deleted only if it was read to its end
    const status = x.XGetWindowProperty(
      pointer,
      this.window,
      property,
      0,
      longs,
      1,
      ANY_TYPE,
      at(0),
      at(1),
      at(2),
      at(3),
      at(4),
    );
    const fields = new DataView(out.buffer);
    const data = toPointer(fields.getBigUint64(32, true));
    if (status !== 0 || data === null) return null;
    const type = Number(fields.getBigUint64(0, true));
    const isBytes = fields.getInt32(8, true) === 8;
    const length = isBytes ? Number(fields.getBigUint64(16, true)) : 0;
    const bytes = length === 0 ? new Uint8Array() : new Uint8Array(toArrayBuffer(data, 0, length)).slice();
    x.XFree(data);
    const isCut = fields.getBigUint64(24, true) > 0n;
    if (isCut) x.XDeleteProperty(pointer, this.window, property);
    return type === 0 ? null : { type, bytes, isCut };
  }

  /** Answers a request for our selection; `property` 0 refuses it. */
  notify(requestor: number, selection: number, target: number, property: number, time: bigint): void {
    const event = new DataView(fixedBytes(EVENT_BYTES).buffer);
    event.setInt32(0, SELECTION_NOTIFY, true);
    const fields = [requestor, selection, target, property];
    fields.forEach((field, index) => event.setBigUint64(32 + index * 8, BigInt(field), true));
    event.setBigUint64(64, time, true);
    this.#connection.x.XSendEvent(this.#connection.pointer, requestor, 0, 0, ptr(event));
  }
}
