/** Letters drawn by the X server itself, of its own fonts: all there is where libXft is missing. */
import { type Pointer, ptr, read } from "bun:ffi";
import { toPointer } from "../../x11/c-library.ts";
import { cString, fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { PlacedLine } from "../window-layout.ts";
import type { Letters } from "./letters.ts";

/** The first there is: those of most languages, else what every X server has. */
const FONTS = [
  { name: "-*-helvetica-medium-r-normal--17-*-*-*-*-*-iso10646-1", last: 0x24f },
  { name: "-*-helvetica-medium-r-normal--17-*-*-*-*-*-iso8859-1", last: 0xff },
  { name: "9x15", last: 0xff },
  { name: "fixed", last: 0xff },
] as const;
/** In XFontStruct. */
const FONT_ID_AT = 8;
/** Signs of ours that ISO 8859-1 lacks. */
const plain: Readonly<Record<string, string>> = { "…": "...", "’": "'" };

export class CoreLetters implements Letters {
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #connection: X11Connection;
  readonly #pen: Pointer;
  readonly #font: Pointer | null = null;
  readonly #last: number = 0x7e;

  constructor(connection: X11Connection) {
    this.#connection = connection;
    const { pointer, root } = connection;
    this.#pen = toPointer(this.#drawing.XCreateGC(pointer, root, 0, null))!;
    for (const { name, last } of FONTS) {
      const font = toPointer(this.#drawing.XLoadQueryFont(pointer, cString(name)));
      if (font === null) continue;
      this.#drawing.XSetFont(pointer, this.#pen, Number(read.u64(font, FONT_ID_AT)));
      [this.#font, this.#last] = [font, last];
      break;
    }
  }

  canShow(text: string): boolean {
    return [...text].every((letter) => Object.hasOwn(plain, letter) || letter.codePointAt(0)! <= this.#last);
  }

  /** Of one size, whatever the style. */
  widthOf(text: string): number {
    const letters = this.#wide(text);
    return this.#font === null
      ? letters.length * 4
      : this.#drawing.XTextWidth16(this.#font, ptr(letters), letters.length / 2);
  }

  write(drawable: number, { text, x, baseline }: Omit<PlacedLine, "tone">, colour: number): void {
    const letters = this.#wide(text);
    const { pointer } = this.#connection;
    this.#drawing.XSetForeground(pointer, this.#pen, colour);
    this.#drawing.XDrawString16(pointer, drawable, this.#pen, x, baseline, ptr(letters), letters.length / 2);
  }

  [Symbol.dispose](): void {
    const { pointer } = this.#connection;
    if (this.#font !== null) this.#drawing.XFreeFont(pointer, this.#font);
    this.#drawing.XFreeGC(pointer, this.#pen);
  }

  /** X's own letters have two bytes, the higher first; one that the font lacks is a question mark. */
  #wide(text: string): Uint8Array<ArrayBuffer> {
    const letters = Array.from(text, (letter) => plain[letter] ?? letter).join("");
    const codes = Array.from(letters, (letter) => {
      const code = letter.codePointAt(0)!;
      return code <= this.#last ? code : 0x3f;
    });
    const bytes = fixedBytes(Math.max(2, codes.length * 2));
    for (const [index, code] of codes.entries()) {
      bytes[2 * index] = code >> 8;
      bytes[2 * index + 1] = code & 0xff;
    }
    return bytes;
  }
}
