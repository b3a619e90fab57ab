/**
 * Asks the window that has the keyboard whether it has read everything so far (_NET_WM_PING, Extended Window Manager
 * Hints). A program gets the question behind the keys that were pressed before it and answers when it comes to it: GTK,
 * Qt, Chromium and Firefox do; xterm and other old programs do not know the question.
 */
import { type Pointer, ptr } from "bun:ffi";
import { offset, toPointer } from "../../x11/c-library.ts";
import { type DisplayAddress, EVENT_BYTES, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { readProperty } from "../../x11/window-property.ts";

const CLIENT_MESSAGE = 33;
const SUBSTRUCTURE_NOTIFY_MASK = 1n << 19n;
const XA_ATOM = 4;
/** Input focus None or PointerRoot: keys go to the window under the pointer. */
const POINTER_ROOT = 1;
/** Windows within windows that are looked through for one that answers. */
const MAX_DEPTH = 32;
const MAX_PROTOCOLS = 64;
const POLL_MS = 5;
/** Window managers take small numbers and times of their own for stamps; an answer to a stamp they do not know is nothing to them. */
const FIRST_STAMP = 0x7ca5_0000;

export class WindowPing implements Disposable {
  /** Of its own, so that nobody else takes the answers. */
  readonly #connection: X11Connection;
  readonly #protocols: number;
  readonly #ping: number;
  readonly #scratch = fixedBytes(80);
  #stamp = FIRST_STAMP;

  /** @throws {AppError} display.none when the display has gone. */
  constructor(address: DisplayAddress) {
    this.#connection = new X11Connection(address);
    const { x, pointer, root } = this.#connection;
    this.#protocols = this.#connection.atom("WM_PROTOCOLS");
    this.#ping = this.#connection.atom("_NET_WM_PING");
    x.XSelectInput(pointer, root, SUBSTRUCTURE_NOTIFY_MASK);
  }

  /** Waits until the window has answered, `timeoutMs` at most. False at once if it does not know the question. */
  async hasRead(timeoutMs: number): Promise<boolean> {
    const window = this.#answeringWindow();
    if (window === null) return false;
    const stamp = ++this.#stamp;
    this.#send(window, stamp);
    for (const end = performance.now() + timeoutMs; performance.now() < end; await Bun.sleep(POLL_MS))
      if (this.#isAnswered(stamp)) break;
    return true;
  }

  /** struct XClientMessageEvent: … window (32), message_type, int format, long data[5] (56) */
  #send(window: number, stamp: number): void {
    const event = new DataView(fixedBytes(EVENT_BYTES).buffer);
    event.setInt32(0, CLIENT_MESSAGE, true);
    event.setBigUint64(32, BigInt(window), true);
    event.setBigUint64(40, BigInt(this.#protocols), true);
    event.setInt32(48, 32, true);
    [this.#ping, stamp, window].forEach((value, index) => event.setBigUint64(56 + index * 8, BigInt(value), true));
    this.#connection.x.XSendEvent(this.#connection.pointer, window, 0, 0, ptr(event));
    this.#connection.flush();
  }

  #isAnswered(stamp: number): boolean {
    const { event } = this.#connection;
    let isAnswered = false;
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent())
      if (type === CLIENT_MESSAGE && Number(event.getBigUint64(56, true)) === this.#ping)
        isAnswered ||= Number(event.getBigUint64(64, true)) === stamp;
    return isAnswered;
  }

  /** The window that keys go to, or one around it, if it says that it answers. */
  #answeringWindow(): number | null {
    const n = ptr(this.#scratch);
    this.#connection.x.XGetInputFocus(this.#connection.pointer, n, offset(n, 8));
    const focus = Number(this.#word(0));
    return focus <= POINTER_ROOT || focus === this.#connection.root
      ? this.#firstAnswering(this.#connection.root, (window) => this.#childUnderPointer(window))
      : this.#firstAnswering(focus, (window) => this.#parentOf(window));
  }

  #firstAnswering(start: number, next: (window: number) => number): number | null {
    let window = start;
    for (let depth = 0; window !== 0 && depth < MAX_DEPTH; depth++, window = next(window))
      if (this.#answers(window)) return window;
    return null;
  }

  #word(at: number): bigint {
    return new DataView(this.#scratch.buffer).getBigUint64(at, true);
  }

  #childUnderPointer(window: number): number {
    const n = ptr(this.#scratch);
    const at = (index: number): Pointer => offset(n, index * 8);
    const { x, pointer } = this.#connection;
    const isHere = x.XQueryPointer(pointer, window, at(0), at(1), at(2), at(3), at(4), at(5), at(6));
    return isHere === 0 ? 0 : Number(this.#word(8));
  }

  #parentOf(window: number): number {
    const n = ptr(this.#scratch);
    const at = (index: number): Pointer => offset(n, index * 8);
    const { x, pointer } = this.#connection;
    // root, parent, children, how many
    if (x.XQueryTree(pointer, window, at(0), at(1), at(2), at(3)) === 0) return 0;
    const [parent, children] = [Number(this.#word(8)), toPointer(this.#word(16))];
    if (children !== null) x.XFree(children);
    return parent;
  }

  #answers(window: number): boolean {
    const found = readProperty(this.#connection, window, this.#protocols, { maxBytes: MAX_PROTOCOLS * 4 });
    if (found === null || found.type !== XA_ATOM || found.format !== 32) return false;
    return new BigUint64Array(found.bytes.buffer).includes(BigInt(this.#ping));
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}
