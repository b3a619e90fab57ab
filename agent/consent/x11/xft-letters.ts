/** Letters drawn with the desktop's own fonts, smooth and of every script that a font is installed for (libXft). */
import { type Pointer, ptr } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import type { LanguageCode } from "../../../protocol/languages.ts";
import { toPointer } from "../../x11/c-library.ts";
import { cString, fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { LetterStyle, PlacedLine } from "../window-layout.ts";
import type { Letters } from "./letters.ts";

/** In pixels of the design, with the weight as fontconfig names it. */
const styles: Readonly<Record<LetterStyle, { readonly size: number; readonly weight: string }>> = {
  heading: { size: 22, weight: "demibold" },
  strong: { size: 16, weight: "demibold" },
  text: { size: 15, weight: "regular" },
  small: { size: 13, weight: "regular" },
};
/** Fonts of one style, beyond the first, for letters that the ones before lack; past it a letter is not shown. */
const MAX_FONTS = 5;
const UNKNOWN = "?";
/** struct XGlyphInfo: width, height, x, y, xOff, yOff, two bytes each. */
const EXTENTS_BYTES = 12;
const ADVANCE_AT = 8;
/** struct XftColor: pixel (8 bytes), then red, green, blue and alpha of 16 bits. */
const COLOUR_BYTES = 16;

/** Neighbouring letters of one font. */
interface Run {
  readonly font: Pointer;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class XftLetters implements Letters {
  readonly #xft: X11Library<"letters"> = openX11Library("letters");
  readonly #connection: X11Connection;
  readonly #language: LanguageCode;
  readonly #scale: number;
  readonly #fonts = new Map<LetterStyle, Pointer[]>();
  readonly #extents = new DataView(fixedBytes(EXTENTS_BYTES).buffer);
  readonly #draw: Pointer;

  /** @throws {AppError} agent.unsupported without libXft, or without any font */
  constructor(connection: X11Connection, language: LanguageCode, scale: number) {
    this.#connection = connection;
    this.#language = language;
    this.#scale = scale;
    const { pointer, x, root } = connection;
    const colours = openX11Library("drawing").XDefaultColormap(pointer, 0);
    const draw = toPointer(this.#xft.XftDrawCreate(pointer, root, x.XDefaultVisual(pointer, 0), Number(colours)));
    if (draw === null || this.#fontsOf("text").length === 0)
      throw new AppError("agent.unsupported", "This computer has no fonts to ask its user with.");
    this.#draw = draw;
  }

  canShow(text: string): boolean {
    return [...text].every((letter) => letter.trim() === "" || this.#fontFor(letter, "text") !== null);
  }

  widthOf(text: string, style: LetterStyle): number {
    return this.#runs(text, style).reduce((width, run) => width + this.#advance(run), 0);
  }

  write(drawable: number, { text, style, x, baseline }: Omit<PlacedLine, "tone">, colour: number): void {
    this.#xft.XftDrawChange(this.#draw, drawable);
    const ink = colourOf(colour);
    let at = x;
    for (const run of this.#runs(text, style)) {
      const { font, bytes } = run;
      this.#xft.XftDrawStringUtf8(this.#draw, ptr(ink), font, at, baseline, ptr(bytes), bytes.length);
      at += this.#advance(run);
    }
  }

  [Symbol.dispose](): void {
    for (const font of [...this.#fonts.values()].flat()) this.#xft.XftFontClose(this.#connection.pointer, font);
    this.#fonts.clear();
    this.#xft.XftDrawDestroy(this.#draw);
  }

  #advance({ font, bytes }: Run): number {
    this.#xft.XftTextExtentsUtf8(this.#connection.pointer, font, ptr(bytes), bytes.length, ptr(this.#extents));
    return this.#extents.getInt16(ADVANCE_AT, true);
  }

  #runs(text: string, style: LetterStyle): Run[] {
    const runs: { font: Pointer; text: string }[] = [];
    for (const letter of text) {
      const own = this.#fontFor(letter, style);
      const font = own ?? this.#fontsOf(style)[0];
      if (font === undefined) continue;
      const shown = own === null ? UNKNOWN : letter;
      const last = runs.at(-1);
      if (last?.font === font) last.text += shown;
      else runs.push({ font, text: shown });
    }
    return runs.map(({ font, text: shown }) => ({ font, bytes: new Uint8Array(new TextEncoder().encode(shown)) }));
  }

  /** The first font that has the letter; null: no installed font has. */
  #fontFor(letter: string, style: LetterStyle): Pointer | null {
    const fonts = this.#fontsOf(style);
    const code = letter.codePointAt(0)!;
    const has = (font: Pointer): boolean => this.#xft.XftCharExists(this.#connection.pointer, font, code) !== 0;
    const known = fonts.find(has);
    if (known !== undefined || fonts.length >= MAX_FONTS) return known ?? null;
    const other = this.#open(style, `:charset=${code.toString(16)}`);
    if (other === null) return null;
    fonts.push(other);
    return has(other) ? other : null;
  }

  #fontsOf(style: LetterStyle): Pointer[] {
    const open = this.#fonts.get(style);
    if (open !== undefined) return open;
    const first = this.#open(style, `:lang=${this.#language}`);
    const fonts = first === null ? [] : [first];
    this.#fonts.set(style, fonts);
    return fonts;
  }

  /** Fonts of colours are left out: older versions of the library end with them. */
  #open(style: LetterStyle, wish: string): Pointer | null {
    const { size, weight } = styles[style];
    const name = `sans-serif:${weight}:pixelsize=${Math.round(size * this.#scale)}:color=false${wish}`;
    return toPointer(this.#xft.XftFontOpenName(this.#connection.pointer, 0, cString(name)));
  }
}

function colourOf(colour: number): Uint8Array<ArrayBuffer> {
  const bytes = fixedBytes(COLOUR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(colour), true);
  for (const [index, part] of [colour >> 16, (colour >> 8) & 0xff, colour & 0xff, 0xff].entries())
    view.setUint16(8 + 2 * index, part * 0x101, true);
  return bytes;
}
