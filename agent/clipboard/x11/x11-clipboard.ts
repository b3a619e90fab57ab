/** The CLIPBOARD selection of an X display: we own it once text was sent, and ask its owner for text otherwise. */
import { ptr } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import { offset } from "../../x11/c-library.ts";
import { type DisplayAddress, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { openX11Library } from "../../x11/libraries.ts";
import type { Sleeper } from "../../x11/wake.ts";
import { type ClipboardAtoms, clipboardAtoms } from "./clipboard-atoms.ts";
import { SelectionWindow } from "./selection-window.ts";
import { TextGiver } from "./text-giver.ts";
import { TextReader } from "./text-reader.ts";

const PROPERTY_NOTIFY = 28;
const SELECTION_CLEAR = 29;
const SELECTION_REQUEST = 30;
const SELECTION_NOTIFY = 31;
const PROPERTY_DELETED = 1;
const SET_SELECTION_OWNER_MASK = 1;

export class X11Clipboard implements Disposable {
  readonly #connection: X11Connection;
  readonly #selection: SelectionWindow;
  readonly #atoms: ClipboardAtoms;
  readonly #giver: TextGiver;
  readonly #reader: TextReader;
  readonly #fixesEvent: number;
  readonly #sleeper: Sleeper;
  readonly #onChanged: () => void;

  /** `onChanged` hears of what others copy. @throws {AppError} display.none, agent.unsupported */
  constructor(address: DisplayAddress, sleeper: Sleeper, onChanged: () => void) {
    this.#sleeper = sleeper;
    this.#onChanged = onChanged;
    this.#connection = new X11Connection(address);
    this.#selection = new SelectionWindow(this.#connection);
    this.#atoms = clipboardAtoms(this.#connection);
    this.#giver = new TextGiver(this.#selection, this.#atoms);
    this.#reader = new TextReader(this.#connection, this.#selection, this.#atoms);
    this.#fixesEvent = this.#listen();
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Sleeps until something happens, somebody wakes the thread, or a fetch has waited too long. */
  wait(nowMs: number): void {
    const { deadlineMs } = this.#reader;
    const timeoutMs = deadlineMs === null ? -1 : Math.max(0, Math.ceil(deadlineMs - nowMs));
    this.#connection.wait(this.#sleeper.descriptor, timeoutMs);
    this.#sleeper.drain(this.#connection.c);
  }

  /** Makes this text the remote clipboard's. @throws {AppError} when another program does not let go of it. */
  send(text: string): void {
    const { x, pointer } = this.#connection;
    this.#giver.text = text;
    x.XSetSelectionOwner(pointer, this.#atoms.clipboard, this.#selection.window, 0);
    if (this.#isOurs) return;
    this.#giver.text = null;
    throw new AppError("internal", "A program on the remote computer keeps the clipboard to itself. Try again.");
  }

  /** The remote clipboard's text, "" if it holds none. Rejects with clipboard.too_large or agent.timeout. */
  fetch(nowMs: number): Promise<string> {
    this.#noticeLoss();
    const { text } = this.#giver;
    return text === null ? this.#reader.fetch(nowMs) : Promise.resolve(text);
  }

  /** Deals with everything that has happened. */
  turn(nowMs: number): void {
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      if (type === SELECTION_REQUEST) this.#answer();
      else if (type === SELECTION_NOTIFY) this.#reader.answered(this.#field(56));
      else if (type === PROPERTY_NOTIFY) this.#propertyChanged(nowMs);
      else if (type === SELECTION_CLEAR) this.#noticeLoss();
      else if (type === this.#fixesEvent) this.#ownerChanged();
    }
    this.#reader.expire(nowMs);
    this.#connection.flush();
  }

  [Symbol.dispose](): void {
    this.#reader.giveUp();
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

  get #isOurs(): boolean {
    return this.#selection.ownerOf(this.#atoms.clipboard) === this.#selection.window;
  }

  /**
   * Another program may have taken the clipboard without its event being read yet, and may have lost it to us again
   * since that event: only the display knows who owns it now.
   */
  #noticeLoss(): void {
    if (this.#giver.isGiving && !this.#isOurs) this.#giver.text = null;
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
    const isGiven = selection === this.#atoms.clipboard && this.#giver.give(requestor, property, target);
    this.#selection.notify(requestor, selection, target, isGiven ? property : 0, time);
  }

  /** struct XPropertyEvent: … window (32), atom, time, int state (56) */
  #propertyChanged(nowMs: number): void {
    const [window, property] = [this.#field(32), this.#field(40)];
    const isDeleted = this.#connection.event.getInt32(56, true) === PROPERTY_DELETED;
    if (isDeleted) this.#giver.givePiece(window, property);
    else if (window === this.#selection.window && property === this.#atoms.property) this.#reader.pieceCame(nowMs);
  }
}
