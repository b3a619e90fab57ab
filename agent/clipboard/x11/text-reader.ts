/** Asks the clipboard's owner for its text. Text past one property's size comes in pieces (INCR). */
import { AppError } from "../../../protocol/errors.ts";
import { MAX_CLIPBOARD_CHARACTERS } from "../../../protocol/messages/screen.ts";
import type { X11Connection } from "../../x11/connection.ts";
import type { ClipboardAtoms } from "./clipboard-atoms.ts";
import type { SelectionWindow } from "./selection-window.ts";

const XA_STRING = 31;
/** The most that is read: a UTF-16 code unit is at most three bytes of UTF-8. */
const MAX_TEXT_BYTES = MAX_CLIPBOARD_CHARACTERS * 3;
/** A program is heard out, for some stand still otherwise; beyond this its text is no text. */
const MAX_HEARD_BYTES = 64 << 20;
/** How long an owner may take for its answer, and then for each piece. */
const FETCH_TIMEOUT_MS = 4000;

interface Fetch {
  readonly resolve: (text: string) => void;
  readonly reject: (error: AppError) => void;
  deadlineMs: number;
  target: number;
  /** The pieces so far; null while the answer has not come or comes whole. */
  pieces: Uint8Array[] | null;
  bytes: number;
}

export class TextReader {
  readonly #connection: X11Connection;
  readonly #selection: SelectionWindow;
  readonly #atoms: ClipboardAtoms;
  /** The first is asked of the display, the others wait. */
  readonly #fetches: Fetch[] = [];

  constructor(connection: X11Connection, selection: SelectionWindow, atoms: ClipboardAtoms) {
    this.#connection = connection;
    this.#selection = selection;
    this.#atoms = atoms;
  }

  /** When somebody has waited too long; null: nobody waits. */
  get deadlineMs(): number | null {
    return this.#fetches[0]?.deadlineMs ?? null;
  }

  /** The owner's text, "" if there is none. Rejects with clipboard.too_large, agent.timeout or display.lost. */
  fetch(nowMs: number): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const deadlineMs = nowMs + FETCH_TIMEOUT_MS;
    this.#fetches.push({ resolve, reject, deadlineMs, target: this.#atoms.utf8, pieces: null, bytes: 0 });
    if (this.#fetches.length === 1) this.#ask();
    return promise;
  }

  /** The owner has answered; `property` 0: it does not have its text in this form. */
  answered(property: number): void {
    const fetch = this.#fetches[0];
    if (fetch === undefined || fetch.pieces !== null) return;
    if (property === 0) return this.#tryLatin(fetch);
    const value = this.#selection.take(this.#atoms.property, MAX_TEXT_BYTES + 4);
    if (value === null) return this.#done("");
    if (value.type === this.#atoms.incr) fetch.pieces = [];
    else if (value.isCut) this.#refuseTooLarge();
    else this.#done(decode(value.bytes));
  }

  /** A piece may stand in our property; an empty one is the end. */
  pieceCame(nowMs: number): void {
    const fetch = this.#fetches[0];
    if (fetch === undefined || fetch.pieces === null) return;
    const value = this.#selection.take(this.#atoms.property, MAX_TEXT_BYTES + 4);
    if (value === null) return;
    fetch.bytes += value.bytes.length;
    fetch.deadlineMs = nowMs + FETCH_TIMEOUT_MS;
    const isEnd = value.bytes.length === 0;
    if (isEnd && fetch.bytes <= MAX_TEXT_BYTES) this.#done(decode(Buffer.concat(fetch.pieces)));
    else if (isEnd || fetch.bytes > MAX_HEARD_BYTES) this.#refuseTooLarge();
    else if (fetch.bytes <= MAX_TEXT_BYTES) fetch.pieces.push(value.bytes);
    else fetch.pieces = [];
  }

  /** Gives up on an owner that has taken too long. */
  expire(nowMs: number): void {
    if ((this.deadlineMs ?? Infinity) > nowMs) return;
    const message = "The program that holds the remote clipboard does not answer. Copy the text again.";
    this.#refuse(new AppError("agent.timeout", message));
  }

  /** The display has gone. */
  giveUp(): void {
    for (const { reject } of this.#fetches.splice(0))
      reject(new AppError("display.lost", "The remote display has gone."));
  }

  #ask(): void {
    const fetch = this.#fetches[0];
    if (fetch === undefined) return;
    const { x, pointer } = this.#connection;
    const { clipboard, property } = this.#atoms;
    if (this.#selection.ownerOf(clipboard) === 0) return this.#done("");
    x.XConvertSelection(pointer, clipboard, fetch.target, property, this.#selection.window, 0);
    this.#connection.flush();
  }

  /** A program that has no UTF-8 may still have Latin-1; one that has neither holds no text. */
  #tryLatin(fetch: Fetch): void {
    if (fetch.target === XA_STRING) return this.#done("");
    fetch.target = XA_STRING;
    return this.#ask();
  }

  #done(text: string): void {
    if (text.length > MAX_CLIPBOARD_CHARACTERS) return this.#refuseTooLarge();
    this.#fetches.shift()?.resolve(text);
    this.#ask();
  }

  #refuseTooLarge(): void {
    const limit = MAX_CLIPBOARD_CHARACTERS.toLocaleString("en");
    const message = `The remote clipboard holds more than ${limit} characters. Save the text as a file there and download it.`;
    this.#refuse(new AppError("clipboard.too_large", message));
  }

  #refuse(error: AppError): void {
    this.#fetches.shift()?.reject(error);
    this.#ask();
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
