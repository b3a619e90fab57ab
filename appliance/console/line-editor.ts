/** One line as it is typed on a terminal in raw mode: printable ASCII, backspace, and nothing that does anything else. */

/** The longest line that is taken. */
export const MAX_LINE = 300;

const ENTER = [0x0d, 0x0a];
const ERASE = [0x7f, 0x08];
/** Ctrl-C and Escape alone: back to the front page. */
const CANCEL = 0x03;
const ESCAPE = 0x1b;
/** Ctrl-U: the whole line again. */
const KILL = 0x15;
const BELL = "\x07";

/** What came of a byte. */
export type Typed =
  | { readonly kind: "echo"; readonly text: string }
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "cancel" };

/** Collects bytes to lines. */
export class LineEditor {
  #line = "";
  #escape: "none" | "begun" | "sequence" = "none";
  #afterReturn = false;

  /** Takes one byte. */
  type(byte: number): Typed {
    const followsReturn = this.#afterReturn;
    this.#afterReturn = byte === 0x0d;
    if (this.#escape !== "none") return this.inEscape(byte);
    // Some terminals send both for one key.
    if (byte === 0x0a && followsReturn) return echo("");
    if (ENTER.includes(byte)) return { kind: "line", line: this.take() };
    if (byte === CANCEL) {
      this.take();
      return { kind: "cancel" };
    }
    if (byte === ESCAPE) {
      this.#escape = "begun";
      return echo("");
    }
    return ERASE.includes(byte) || byte === KILL ? this.erase(byte === KILL) : this.add(byte);
  }

  /** Arrow keys and the like: ESC [ … letter, or ESC O letter. They do nothing. */
  private inEscape(byte: number): Typed {
    const begins = this.#escape === "begun" && (byte === 0x5b || byte === 0x4f);
    const goesOn = this.#escape === "sequence" && byte < 0x40;
    this.#escape = begins || goesOn ? "sequence" : "none";
    return echo("");
  }

  private erase(isWhole: boolean): Typed {
    const count = isWhole ? this.#line.length : Math.min(1, this.#line.length);
    this.#line = this.#line.slice(0, this.#line.length - count);
    return echo("\b \b".repeat(count));
  }

  private add(byte: number): Typed {
    const isPrintable = byte >= 0x20 && byte < 0x7f;
    if (!isPrintable || this.#line.length >= MAX_LINE) return echo(isPrintable || byte >= 0x80 ? BELL : "");
    const character = String.fromCharCode(byte);
    this.#line += character;
    return echo(character);
  }

  private take(): string {
    const line = this.#line;
    this.#line = "";
    return line;
  }
}

function echo(text: string): Typed {
  return { kind: "echo", text };
}
