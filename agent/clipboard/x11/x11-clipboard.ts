/**
 * The CLIPBOARD selection of an X display: we own it once text was sent, and ask its owner for text otherwise. Text past
 * one property's size travels in pieces (INCR), either way.
 */
import { ptr } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import { MAX_CLIPBOARD_CHARACTERS } from "../../../protocol/messages/screen.ts";
import { type DisplayAddress, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { offset } from "../../x11/c-library.ts";
import { openX11Library } from "../../x11/libraries.ts";
import type { Sleeper } from "../../x11/wake.ts";
import { SelectionWindow } from "./selection-window.ts";

const PROPERTY_NOTIFY = 28;
const SELECTION_CLEAR = 29;
const SELECTION_REQUEST = 30;
const SELECTION_NOTIFY = 31;
const PROPERTY_DELETED = 1;
const XA_ATOM = 4;
const XA_STRING = 31;
const SET_SELECTION_OWNER_MASK = 1;
/** Larger text goes in pieces of this size. */
const PIECE_BYTES = 64 << 10;
/** Programs that take our text in pieces at the same time; the oldest gives way. */
const MAX_TRANSFERS = 16;
/** The most that is read: a UTF-16 code unit is at most three bytes of UTF-8. */
const MAX_TEXT_BYTES = MAX_CLIPBOARD_CHARACTERS * 3;
/** A program is heard out, for some stand still otherwise; beyond this its text is no text. */
const MAX_HEARD_BYTES = 64 << 20;
const FETCH_TIMEOUT_MS = 4000;

interface Transfer {
  readonly requestor: number;
  readonly property: number;
  readonly bytes: Uint8Array;
  at: number;
}

interface Fetch {
  readonly resolve: (text: string) => void;
  readonly reject: (error: AppError) => void;
  deadlineMs: number;
  target: number;
  /** The pieces so far; null while the answer has not come or comes whole. */
  pieces: Uint8Array[] | null;
  bytes: number;
}

export class X11Clipboard implements Disposable {
  readonly #connection: X11Connection;
  readonly #selection: SelectionWindow;
  readonly #atoms: { readonly [N in "clipboard" | "utf8" | "plain" | "targets" | "incr" | "property"]: number };
  readonly #fixesEvent: number;
  readonly #sleeper: Sleeper;
  readonly #onChanged: () => void;
  #text: Uint8Array | null = null;
  #transfers: Transfer[] = [];
  /** One is asked of the display, the others wait. */
  #fetches: Fetch[] = [];

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(address: DisplayAddress, sleeper: Sleeper, onChanged: () => void) {
    this.#sleeper = sleeper;
    this.#onChanged = onChanged;
    const connection = new X11Connection(address);
    this.#connection = connection;
    this.#selection = new SelectionWindow(connection);
    const atom = (name: string) => connection.atom(name);
    this.#atoms = {
      clipboard: atom("CLIPBOARD"),
      utf8: atom("UTF8_STRING"),
      plain: atom("text/plain;charset=utf-8"),
      targets: atom("TARGETS"),
      incr: atom("INCR"),
      property: atom("CAUSEWAY_CLIPBOARD"),
    };
    this.#fixesEvent = this.#listen();
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Sleeps until something happens, somebody wakes the thread, or a fetch has waited too long. */
  wait(nowMs: number): void {
    const first = this.#fetches[0];
    this.#connection.wait(
      this.#sleeper.descriptor,
      first === undefined ? -1 : Math.max(0, Math.ceil(first.deadlineMs - nowMs)),
    );
    this.#sleeper.drain(this.#connection.c);
  }

  /** Makes this text the remote clipboard's. @throws {AppError} when another program does not let go of it. */
  send(text: string): void {
    const { x, pointer } = this.#connection;
    this.#text = new TextEncoder().encode(text);
    x.XSetSelectionOwner(pointer, this.#atoms.clipboard, this.#selection.window, 0);
    if (this.#owner() === this.#selection.window) return;
    this.#text = null;
    throw new AppError("internal", "A program on the remote computer keeps the clipboard to itself. Try again.");
  }

  /** The remote clipboard's text, "" if it holds none. Rejects with clipboard.too_large or agent.timeout. */
  fetch(nowMs: number): Promise<string> {
    this.#noticeLoss();
    if (this.#text !== null) return Promise.resolve(new TextDecoder().decode(this.#text));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const deadlineMs = nowMs + FETCH_TIMEOUT_MS;
    this.#fetches.push({ resolve, reject, deadlineMs, target: this.#atoms.utf8, pieces: null, bytes: 0 });
    if (this.#fetches.length === 1) this.#ask();
    return promise;
  }

  /**
   * Another program may have taken the clipboard without its event being read yet, and may have lost it to us again
   * since that event: only the display knows who owns it now.
   */
  #noticeLoss(): void {
    if (this.#text !== null && this.#owner() !== this.#selection.window) this.#text = null;
  }

  /** The window that owns the clipboard at this moment; 0: none. */
  #owner(): number {
    return Number(this.#connection.x.XGetSelectionOwner(this.#connection.pointer, this.#atoms.clipboard));
  }

  /** Deals with everything that has happened. */
  turn(nowMs: number): void {
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      if (type === SELECTION_REQUEST) this.#answer();
      else if (type === SELECTION_NOTIFY) this.#receive();
      else if (type === PROPERTY_NOTIFY) this.#propertyChanged(nowMs);
      else if (type === SELECTION_CLEAR) this.#noticeLoss();
      else if (type === this.#fixesEvent) this.#ownerChanged();
    }
    const first = this.#fetches[0];
    if (first !== undefined && nowMs >= first.deadlineMs)
      this.#refuse(
        "agent.timeout",
        "The program that holds the remote clipboard does not answer. Copy the text again.",
      );
    this.#connection.flush();
  }

  [Symbol.dispose](): void {
    while (this.#fetches.length > 0) this.#refuse("display.lost", "The remote display has gone.");
    this.#connection[Symbol.dispose]();
  }

  #listen(): number {
    const fixes = openX11Library("fixes");
    const { pointer } = this.#connection;
    const n = ptr(fixedBytes(8));
    const numbers = new DataView(fixedBytes(8).buffer);
    const hasFixes = fixes.XFixesQueryExtension(pointer, ptr(numbers), offset(n, 4)) !== 0;
    if (!hasFixes) return -1;
    fixes.XFixesSelectSelectionInput(pointer, this.#selection.window, this.#atoms.clipboard, SET_SELECTION_OWNER_MASK);
    this.#connection.flush();
    return numbers.getInt32(0, true);
  }

  /** The field of the present event at a byte offset, an XID or an atom. */
  #field(at: number): number {
    return Number(this.#connection.event.getBigUint64(at, true));
  }

  /** struct XFixesSelectionNotifyEvent: … Window window (32); int subtype; Window owner (48); Atom selection; … */
  #ownerChanged(): void {
    const owner = this.#field(48);
    if (owner !== this.#selection.window && owner !== 0) this.#onChanged();
  }

  /** struct XSelectionRequestEvent: … owner (32), requestor, selection, target, property, time */
  #answer(): void {
    const [requestor, selection, target] = [this.#field(40), this.#field(48), this.#field(56)];
    const property = this.#field(64) === 0 ? target : this.#field(64);
    const time = this.#connection.event.getBigUint64(72, true);
    const isGiven = selection === this.#atoms.clipboard && this.#give(requestor, property, target);
    this.#selection.notify(requestor, selection, target, isGiven ? property : 0, time);
  }

  #give(requestor: number, property: number, target: number): boolean {
    const { targets, utf8, plain, incr } = this.#atoms;
    if (this.#text === null) return false;
    if (target === targets) {
      this.#selection.write(requestor, property, XA_ATOM, [targets, utf8, plain]);
      return true;
    }
    if (target !== utf8 && target !== plain) return false;
    if (this.#text.length <= PIECE_BYTES) {
      this.#selection.write(requestor, property, target, this.#text);
      return true;
    }
    this.#selection.watchProperties(requestor);
    this.#transfers = [...this.#transfers, { requestor, property, bytes: this.#text, at: 0 }].slice(-MAX_TRANSFERS);
    this.#selection.write(requestor, property, incr, [this.#text.length]);
    return true;
  }

  /** struct XPropertyEvent: … window (32), atom, time, int state (56) */
  #propertyChanged(nowMs: number): void {
    const [window, property] = [this.#field(32), this.#field(40)];
    const isDeleted = this.#connection.event.getInt32(56, true) === PROPERTY_DELETED;
    if (isDeleted) this.#givePiece(window, property);
    else if (window === this.#selection.window && property === this.#atoms.property) this.#receivePiece(nowMs);
  }

  /** The other side has taken a piece: here is the next; an empty one is the end. */
  #givePiece(requestor: number, property: number): void {
    const transfer = this.#transfers.find((one) => one.requestor === requestor && one.property === property);
    if (transfer === undefined) return;
    const piece = transfer.bytes.subarray(transfer.at, transfer.at + PIECE_BYTES);
    transfer.at += piece.length;
    this.#selection.write(requestor, property, this.#atoms.utf8, piece);
    if (piece.length === 0) this.#transfers = this.#transfers.filter((one) => one !== transfer);
  }

  #ask(): void {
    const fetch = this.#fetches[0];
    if (fetch === undefined) return;
    const { x, pointer } = this.#connection;
    const { clipboard, property } = this.#atoms;
    if (this.#owner() === 0) return this.#answered("");
    x.XConvertSelection(pointer, clipboard, fetch.target, property, this.#selection.window, 0);
    this.#connection.flush();
  }

  /** struct XSelectionEvent: … requestor (32), selection, target, property (56), time */
  #receive(): void {
    const fetch = this.#fetches[0];
    if (fetch === undefined || fetch.pieces !== null) return;
    if (this.#field(56) === 0) return this.#tryLatin(fetch);
    const value = this.#selection.take(this.#atoms.property, MAX_TEXT_BYTES + 4);
    if (value === null) return this.#answered("");
    if (value.type === this.#atoms.incr) fetch.pieces = [];
    else if (value.isCut) this.#refuseTooLarge();
    else this.#answered(decode(value.bytes));
  }

  /** A program that has no UTF-8 may still have Latin-1; one that has neither holds no text. */
  #tryLatin(fetch: Fetch): void {
    if (fetch.target === XA_STRING) return this.#answered("");
    fetch.target = XA_STRING;
    return this.#ask();
  }

  #receivePiece(nowMs: number): void {
    const fetch = this.#fetches[0];
    if (fetch?.pieces === undefined || fetch.pieces === null) return;
    const value = this.#selection.take(this.#atoms.property, MAX_TEXT_BYTES + 4);
    if (value === null) return;
    fetch.bytes += value.bytes.length;
    fetch.deadlineMs = nowMs + FETCH_TIMEOUT_MS;
    const isEnd = value.bytes.length === 0;
    if (isEnd && fetch.bytes <= MAX_TEXT_BYTES) this.#answered(decode(Buffer.concat(fetch.pieces)));
    else if (isEnd || fetch.bytes > MAX_HEARD_BYTES) this.#refuseTooLarge();
    else if (fetch.bytes <= MAX_TEXT_BYTES) fetch.pieces.push(value.bytes);
    else fetch.pieces = [];
  }

  #answered(text: string): void {
    if (text.length > MAX_CLIPBOARD_CHARACTERS) return this.#refuseTooLarge();
    this.#fetches.shift()?.resolve(text);
    this.#ask();
  }

  #refuseTooLarge(): void {
    const limit = MAX_CLIPBOARD_CHARACTERS.toLocaleString("en");
    this.#refuse(
      "clipboard.too_large",
      `The remote clipboard holds more than ${limit} characters. Save the text as a file there and download it.`,
    );
  }

  #refuse(code: "clipboard.too_large" | "agent.timeout" | "display.lost", message: string): void {
    this.#fetches.shift()?.reject(new AppError(code, message));
    if (code !== "display.lost") this.#ask();
  }
}

/**
 * STRING is Latin-1 by the book, and UTF-8 from many programs that run in a UTF-8 locale. Latin-1 text with a letter
 * past ASCII is all but never well-formed UTF-8.
 */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8, which is what was to be found out.
    return new TextDecoder("latin1").decode(bytes);
  }
}
