/** A connection to an X display that survives the display's errors and its end. One thread uses it. */
import { type Pointer, ptr } from "bun:ffi";
import { readFileSync, statSync } from "node:fs";
import { AppError } from "../../protocol/errors.ts";
import { findAuthorization, MAX_AUTHORITY_BYTES, type XAuthorization } from "./authority.ts";
import { addressOf, type CLibrary, openCLibrary, toPointer } from "./c-library.ts";
import { openX11Library, type X11Library } from "./libraries.ts";

/** Which display, and the file with its cookie; null where the display asks for none. */
export interface DisplayAddress {
  readonly display: string;
  readonly authority: string | null;
}

/** An XEvent is a union of 24 C longs. */
export const EVENT_BYTES = 192;
const POLLIN = 1;
const POLLHUP_OR_ERROR = 0x18;

export const cString = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${text}\0`);

/** Memory that C keeps a pointer to. A small typed array may move; one on an ArrayBuffer of its own does not. */
export const fixedBytes = (byteCount: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(byteCount));

export class X11Connection implements Disposable {
  readonly address: DisplayAddress;
  readonly x: X11Library<"core">;
  readonly c: CLibrary;
  readonly pointer: Pointer;
  readonly root: number;
  readonly fileDescriptor: number;
  readonly event = new DataView(fixedBytes(EVENT_BYTES).buffer);
  readonly #eventAddress = ptr(this.event);
  readonly #poll = new DataView(fixedBytes(16).buffer);
  readonly #pollAddress = ptr(this.#poll);
  #isOpen = true;

  /** @throws {AppError} display.none when the display does not answer, agent.unsupported without libX11. */
  constructor(address: DisplayAddress) {
    this.address = address;
    this.x = openX11Library("core");
    this.c = openCLibrary();
    this.x.XInitThreads();
    const harmless = addressOf("getpid");
    // The handlers Xlib comes with end the process. getpid takes no notice of its arguments and suits every thread.
    this.x.XSetErrorHandler(harmless);
    this.x.XSetIOErrorHandler(harmless);
    authorize(this.x, address);
    const pointer = toPointer(this.x.XOpenDisplay(cString(address.display)));
    if (pointer === null) throw noDisplay(address.display);
    this.x.XSetIOErrorExitHandler(pointer, harmless, null);
    this.pointer = pointer;
    this.root = Number(this.x.XDefaultRootWindow(pointer));
    this.fileDescriptor = this.x.XConnectionNumber(pointer);
  }

  /** The number of an atom, made if it is new. */
  atom(name: string): number {
    return Number(this.x.XInternAtom(this.pointer, cString(name), 0));
  }

  /** The next event's type without its "was sent" bit, or null when none waits; its bytes stand in `event`. */
  nextEvent(): number | null {
    if (this.x.XPending(this.pointer) === 0) return null;
    this.x.XNextEvent(this.pointer, this.#eventAddress);
    return this.event.getInt32(0, true) & 0x7f;
  }

  get eventAddress(): Pointer {
    return this.#eventAddress;
  }

  /** Blocks the thread until the display or `otherDescriptor` has something to say, or the time is over. */
  wait(otherDescriptor: number, timeoutMs: number): void {
    if (this.x.XPending(this.pointer) > 0) return;
    this.#preparePoll(otherDescriptor);
    this.c.poll(this.#pollAddress, 2, timeoutMs);
  }

  /** The display has gone: every further call answers nothing. */
  get isLost(): boolean {
    this.#preparePoll(-1);
    this.c.poll(this.#pollAddress, 1, 0);
    return (this.#poll.getInt16(6, true) & POLLHUP_OR_ERROR) !== 0;
  }

  #preparePoll(otherDescriptor: number): void {
    this.#poll.setInt32(0, this.fileDescriptor, true);
    this.#poll.setInt32(4, POLLIN, true);
    this.#poll.setInt32(8, otherDescriptor, true);
    this.#poll.setInt32(12, POLLIN, true);
  }

  flush(): void {
    this.x.XFlush(this.pointer);
  }

  sync(): void {
    this.x.XSync(this.pointer, 0);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.x.XCloseDisplay(this.pointer);
  }
}

/** Xlib reads the cookie's file from the environment, which is not ours to change: the cookie is handed over instead. */
function authorize(x: X11Library<"core">, address: DisplayAddress): void {
  const authorization = address.authority === null ? null : readAuthorization(address.authority, address.display);
  if (authorization === null) x.XSetAuthorization(null, 0, null, 0);
  else {
    const { name, data } = authorization;
    x.XSetAuthorization(ptr(name), name.length, ptr(data), data.length);
  }
}

function readAuthorization(path: string, display: string): XAuthorization | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || !status.isFile() || status.size > MAX_AUTHORITY_BYTES) return null;
  return findAuthorization(readFileSync(path), display);
}

function noDisplay(display: string): AppError {
  return new AppError(
    "display.none",
    `The display ${display} on this computer does not answer, so there is no picture to share. ` +
      "Somebody signs in to its desktop, or a virtual display is started there; then try again.",
  );
}
