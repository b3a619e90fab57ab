/**
 * The most that is kept of a line that has not ended: the helper's longest answer is the journal, of which it reads 4 MiB,
 * and JSON may write a byte of it as six.
 */
export const MAX_ANSWER_LINE_BYTES = 24 << 20;

const LINE_END = 0x0a;

/** Cuts what comes in pieces into lines. */
export class AnswerLines {
  #pieces: Buffer[] = [];
  #size = 0;

  /** @param onLine told each line that has ended, without its end */
  constructor(private readonly onLine: (line: string) => void) {}

  /** @returns false once a line is too long; what follows is not to be given any more */
  add(piece: Buffer): boolean {
    let rest = piece;
    for (let end = rest.indexOf(LINE_END); end !== -1; end = rest.indexOf(LINE_END)) {
      if (!this.#keep(rest.subarray(0, end))) return false;
      const line = Buffer.concat(this.#pieces).toString("utf8");
      this.#pieces = [];
      this.#size = 0;
      this.onLine(line);
      rest = rest.subarray(end + 1);
    }
    return this.#keep(rest);
  }

  #keep(piece: Buffer): boolean {
    this.#size += piece.length;
    if (this.#size > MAX_ANSWER_LINE_BYTES) return false;
    if (piece.length > 0) this.#pieces.push(piece);
    return true;
  }
}
