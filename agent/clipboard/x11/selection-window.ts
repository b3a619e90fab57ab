/** A window of ours that nobody sees, by which an X client takes part in selections (ICCCM, section 2). */
import { ptr } from "bun:ffi";
import { EVENT_BYTES, fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { readProperty, type WindowProperty } from "../../x11/window-property.ts";

const NEW_VALUE_OR_DELETE_MASK = 1n << 22n;
const REPLACE = 0;
const SELECTION_NOTIFY = 31;

/** What came as an answer; what is not in bytes is none. */
type TakenProperty = Pick<WindowProperty, "type" | "bytes" | "isCut">;

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
  take(property: number, maxBytes: number): TakenProperty | null {
    const found = readProperty(this.#connection, this.window, property, { maxBytes, isTaken: true });
    if (found === null) return null;
    const { x, pointer } = this.#connection;
    if (found.isCut) x.XDeleteProperty(pointer, this.window, property);
    return { type: found.type, bytes: found.format === 8 ? found.bytes : new Uint8Array(), isCut: found.isCut };
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
