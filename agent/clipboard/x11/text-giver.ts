/** Our text on the clipboard, and the programs that paste it. Text past one property's size goes in pieces (INCR). */
import type { ClipboardAtoms } from "./clipboard-atoms.ts";
import type { SelectionWindow } from "./selection-window.ts";

const XA_ATOM = 4;
/** Larger text goes in pieces of this size. */
const PIECE_BYTES = 64 << 10;
/** Programs that take our text in pieces at the same time; the oldest gives way. */
const MAX_TRANSFERS = 16;

interface Transfer {
  readonly requestor: number;
  readonly property: number;
  readonly bytes: Uint8Array;
  at: number;
}

export class TextGiver {
  readonly #selection: SelectionWindow;
  readonly #atoms: ClipboardAtoms;
  /** UTF-8; null while the clipboard is not ours. */
  #text: Uint8Array | null = null;
  /** They go on when the clipboard has gone to somebody else. */
  #transfers: Transfer[] = [];

  constructor(selection: SelectionWindow, atoms: ClipboardAtoms) {
    this.#selection = selection;
    this.#atoms = atoms;
  }

  /** The clipboard is ours. */
  get isGiving(): boolean {
    return this.#text !== null;
  }

  /** What we give; null while the clipboard is not ours. */
  get text(): string | null {
    return this.#text === null ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#text);
  }

  set text(text: string | null) {
    this.#text = text === null ? null : new TextEncoder().encode(text);
  }

  /** Puts the text, its kinds or the word that it comes in pieces into a program's property; false: not to be had. */
  give(requestor: number, property: number, target: number): boolean {
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

  /** The other side has taken a piece: here is the next; an empty one is the end. */
  givePiece(requestor: number, property: number): void {
    const transfer = this.#transfers.find((one) => one.requestor === requestor && one.property === property);
    if (transfer === undefined) return;
    const piece = transfer.bytes.subarray(transfer.at, transfer.at + PIECE_BYTES);
    transfer.at += piece.length;
    this.#selection.write(requestor, property, this.#atoms.utf8, piece);
    if (piece.length === 0) this.#transfers = this.#transfers.filter((one) => one !== transfer);
  }
}
