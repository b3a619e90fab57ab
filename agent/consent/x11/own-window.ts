/** A window of our own on an X display: no window manager moves, frames or hides it. */
import { ptr } from "bun:ffi";
import { cString, fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { Box } from "../window-layout.ts";

export interface OwnWindowOptions {
  /** By which programs, and tests, find it. */
  readonly title: string;
  /** What it says, for screen readers and lists of windows. */
  readonly name: string;
  readonly place: Box;
  /** Round it, 0xRRGGBB. */
  readonly borderColour: number;
  /** The core events it is told of. */
  readonly eventMask: number;
}

const ATTRIBUTES_BYTES = 112;
const OVERRIDE_REDIRECT_AT = 88;
const CW_OVERRIDE_REDIRECT = 1 << 9;
const REVERT_TO_PARENT = 2;
const BORDER = 1;
const POINTER_ROOT = 1;
/** Where XEvent keeps what a client message says. */
const at = { message: 40, data: 56 } as const;

export class OwnWindow {
  readonly id: number;
  readonly #connection: X11Connection;
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #protocols: number;
  readonly #deleteWindow: number;
  /** Who had the keyboard before it was taken; null: it was not. */
  #keyboardBefore: number | null = null;

  constructor(connection: X11Connection, options: OwnWindowOptions) {
    this.#connection = connection;
    const { x, pointer, root } = connection;
    const { place, borderColour, title, name, eventMask } = options;
    const { x: left, y: top, width, height } = place;
    this.#protocols = connection.atom("WM_PROTOCOLS");
    this.#deleteWindow = connection.atom("WM_DELETE_WINDOW");
    const looks = [BORDER, borderColour, borderColour] as const;
    this.id = Number(x.XCreateSimpleWindow(pointer, root, left, top, width, height, ...looks));
    this.#leaveToNoManager();
    this.#drawing.XStoreName(pointer, this.id, cString(title));
    this.rename(name);
    x.XSelectInput(pointer, this.id, eventMask);
  }

  /**
   * Brings it onto the screen. What asks the display and waits comes before: a display that goes in the middle of an
   * answer can take this program with it.
   */
  show(): void {
    this.#drawing.XMapRaised(this.#connection.pointer, this.id);
    this.#connection.sync();
  }

  /** In UTF-8, beside the title. */
  rename(name: string): void {
    const bytes = new TextEncoder().encode(name);
    const [property, type] = [this.#connection.atom("_NET_WM_NAME"), this.#connection.atom("UTF8_STRING")];
    const { x, pointer } = this.#connection;
    x.XChangeProperty(pointer, this.id, property, type, 8, 0, ptr(bytes), bytes.length);
  }

  /** Whether the client message at hand asks it to close, as a window manager's button does (ICCCM 4.2.8.1). */
  isAskedToClose(): boolean {
    const { event } = this.#connection;
    const [message, data] = [event.getBigUint64(at.message, true), event.getBigUint64(at.data, true)];
    return message === BigInt(this.#protocols) && data === BigInt(this.#deleteWindow);
  }

  /** Whether what one types goes to it. */
  get hasKeyboard(): boolean {
    return this.#keyboardBefore !== null;
  }

  /** What one types goes to it from now on. */
  takeKeyboard(): void {
    const [window, revert] = [new DataView(fixedBytes(8).buffer), new DataView(fixedBytes(8).buffer)];
    const { x, pointer } = this.#connection;
    x.XGetInputFocus(pointer, ptr(window), ptr(revert));
    this.#keyboardBefore = Number(window.getBigUint64(0, true));
    this.#drawing.XSetInputFocus(pointer, this.id, REVERT_TO_PARENT, 0);
    this.#connection.flush();
  }

  /** Whoever had the keyboard before has it again. */
  giveKeyboardBack(): void {
    const before = this.#keyboardBefore ?? 0;
    this.forgetKeyboard();
    if (before <= POINTER_ROOT) return;
    this.#drawing.XSetInputFocus(this.#connection.pointer, before, REVERT_TO_PARENT, 0);
    this.#connection.flush();
  }

  /** The keyboard went elsewhere by itself. */
  forgetKeyboard(): void {
    this.#keyboardBefore = null;
  }

  destroy(): void {
    this.#connection.x.XDestroyWindow(this.#connection.pointer, this.id);
  }

  #leaveToNoManager(): void {
    const { pointer } = this.#connection;
    const attributes = new DataView(fixedBytes(ATTRIBUTES_BYTES).buffer);
    attributes.setInt32(OVERRIDE_REDIRECT_AT, 1, true);
    this.#drawing.XChangeWindowAttributes(pointer, this.id, CW_OVERRIDE_REDIRECT, ptr(attributes));
    const protocols = new BigUint64Array(new ArrayBuffer(8));
    protocols[0] = BigInt(this.#deleteWindow);
    this.#drawing.XSetWMProtocols(pointer, this.id, ptr(protocols), 1);
  }
}
