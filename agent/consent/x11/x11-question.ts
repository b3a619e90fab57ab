/** The question's window on an X display: drawn by the display itself, above all others, for mouse and keyboard. */
import { type Pointer, ptr, read } from "bun:ffi";
import { toPointer } from "../../x11/c-library.ts";
import { cString, type DisplayAddress, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { QuestionTexts } from "../consent-messages.ts";
import {
  baselines,
  buttonAt,
  buttonBoxes,
  type QuestionButton,
  questionButtons,
  questionPlace,
  questionSize,
  textLeft,
  textWidth,
} from "../question-layout.ts";

/** By which programs, and tests, find the window. */
export const QUESTION_TITLE = "Causeway asks";
/** Whoever was about to click or type there when the window came does not answer by accident. */
const DEAF_MS = 500;
/** Something else that also wants to be on top does not drive the two of us mad. */
const RAISE_AT_MOST_EVERY_MS = 200;

const KEY_PRESS = 2;
const BUTTON_PRESS = 4;
const BUTTON_RELEASE = 5;
const EXPOSE = 12;
const VISIBILITY = 15;
const EVENT_MASK = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 15) | (1 << 16);
const ATTRIBUTES_BYTES = 112;
const OVERRIDE_REDIRECT_AT = 88;
const CW_OVERRIDE_REDIRECT = 1 << 9;
const REVERT_TO_PARENT = 2;

/** Where XEvent keeps what is read of it. */
const at = { wasSent: 16, x: 64, y: 68, keycode: 84, visibility: 40 } as const;
const keys = { tab: [0xff09, 0xfe20, 0xff51, 0xff53], press: [0xff0d, 0xff8d, 0x20], escape: 0xff1b } as const;

const colours = { paper: 0xffffff, ink: 0x1f2328, quiet: 0x57606a, line: 0x8c959f, focus: 0x0969da } as const;
/** The first there is: with letters of most languages, else what every X server has. */
const FONTS = [
  "-*-helvetica-medium-r-normal--18-*-*-*-*-*-iso10646-1",
  "-misc-fixed-medium-r-normal--18-*-*-*-*-*-iso10646-1",
  "9x15",
  "fixed",
] as const;
const FONT_ID_AT = 8;

export class X11Question implements Disposable {
  readonly #connection: X11Connection;
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #window: number;
  readonly #pen: Pointer;
  readonly #font: Pointer | null;
  readonly #shownAtMs: number;
  readonly #focusBefore: number;
  #focused: QuestionButton = "deny";
  #pressed: QuestionButton | null = null;
  #secondsLeft = 0;
  #raisedAtMs = -Infinity;

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(
    address: DisplayAddress,
    private readonly texts: QuestionTexts,
    nowMs: number,
  ) {
    this.#connection = new X11Connection(address);
    this.#shownAtMs = nowMs;
    this.#focusBefore = this.#readFocus();
    this.#window = this.#open();
    const { pointer } = this.#connection;
    this.#pen = toPointer(this.#drawing.XCreateGC(pointer, this.#window, 0, null))!;
    this.#font = this.#loadFont();
    this.#connection.x.XSync(pointer, 0);
    this.#drawing.XSetInputFocus(pointer, this.#window, REVERT_TO_PARENT, 0);
    this.#connection.flush();
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Deals with all that has come; the answer once there is one. */
  turn(nowMs: number, secondsLeft: number): "allowed" | "denied" | null {
    if (secondsLeft !== this.#secondsLeft) {
      this.#secondsLeft = secondsLeft;
      this.#draw();
    }
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      const answer = this.#heed(type, nowMs);
      if (answer !== null) return answer;
    }
    return null;
  }

  [Symbol.dispose](): void {
    const { x, pointer } = this.#connection;
    if (!this.isLost) {
      x.XDestroyWindow(pointer, this.#window);
      if (this.#focusBefore > 1) this.#drawing.XSetInputFocus(pointer, this.#focusBefore, REVERT_TO_PARENT, 0);
      this.#connection.sync();
    }
    this.#connection[Symbol.dispose]();
  }

  #open(): number {
    const { x, pointer, root } = this.#connection;
    const screen = { width: x.XDisplayWidth(pointer, 0), height: x.XDisplayHeight(pointer, 0) };
    const place = questionPlace(screen);
    const { width, height } = questionSize;
    const window = Number(
      x.XCreateSimpleWindow(pointer, root, place.x, place.y, width, height, 2, colours.line, colours.paper),
    );
    const attributes = new DataView(fixedBytes(ATTRIBUTES_BYTES).buffer);
    attributes.setInt32(OVERRIDE_REDIRECT_AT, 1, true);
    this.#drawing.XChangeWindowAttributes(pointer, window, CW_OVERRIDE_REDIRECT, ptr(attributes));
    this.#drawing.XStoreName(pointer, window, cString(QUESTION_TITLE));
    x.XSelectInput(pointer, window, EVENT_MASK);
    this.#drawing.XMapRaised(pointer, window);
    return window;
  }

  #readFocus(): number {
    const [window, revert] = [new DataView(fixedBytes(8).buffer), new DataView(fixedBytes(8).buffer)];
    this.#connection.x.XGetInputFocus(this.#connection.pointer, ptr(window), ptr(revert));
    return Number(window.getBigUint64(0, true));
  }

  #loadFont(): Pointer | null {
    for (const name of FONTS) {
      const font = toPointer(this.#drawing.XLoadQueryFont(this.#connection.pointer, cString(name)));
      if (font === null) continue;
      this.#drawing.XSetFont(this.#connection.pointer, this.#pen, Number(read.u64(font, FONT_ID_AT)));
      return font;
    }
    return null;
  }

  /** Events that a program only sent count for nothing: they must come from a mouse or a keyboard. */
  #heed(type: number, nowMs: number): "allowed" | "denied" | null {
    const { event } = this.#connection;
    if (event.getInt32(at.wasSent, true) !== 0) return null;
    if (type === EXPOSE) this.#draw();
    if (type === VISIBILITY && event.getInt32(at.visibility, true) !== 0) this.#raise(nowMs);
    if (nowMs - this.#shownAtMs < DEAF_MS) return null;
    if (type === KEY_PRESS) return this.#typed(event.getUint32(at.keycode, true));
    if (type === BUTTON_PRESS) this.#pressed = this.#buttonOfEvent();
    if (type !== BUTTON_RELEASE) return null;
    const released = this.#pressed === this.#buttonOfEvent() ? this.#pressed : null;
    this.#pressed = null;
    return released === null ? null : answerOf(released);
  }

  #buttonOfEvent(): QuestionButton | null {
    const { event } = this.#connection;
    return buttonAt(event.getInt32(at.x, true), event.getInt32(at.y, true));
  }

  #typed(keycode: number): "allowed" | "denied" | null {
    const { x, pointer } = this.#connection;
    const key = Number(x.XkbKeycodeToKeysym(pointer, keycode, 0, 0));
    if (key === keys.escape) return "denied";
    if ((keys.press as readonly number[]).includes(key)) return answerOf(this.#focused);
    if (!(keys.tab as readonly number[]).includes(key)) return null;
    this.#focused = questionButtons.find((button) => button !== this.#focused)!;
    this.#draw();
    return null;
  }

  #raise(nowMs: number): void {
    if (nowMs - this.#raisedAtMs < RAISE_AT_MOST_EVERY_MS) return;
    this.#raisedAtMs = nowMs;
    this.#drawing.XRaiseWindow(this.#connection.pointer, this.#window);
    this.#connection.flush();
  }

  #draw(): void {
    const { pointer } = this.#connection;
    const { siteName, representative, wish } = this.texts;
    this.#drawing.XClearWindow(pointer, this.#window);
    this.#write(siteName, baselines.site, colours.quiet);
    this.#write(`${representative} asks you for:`, baselines.representative, colours.ink);
    this.#write(wish, baselines.wish, colours.ink);
    this.#write("Your answer counts until the session ends.", baselines.note, colours.quiet);
    this.#write(`${this.#secondsLeft} s`, baselines.countdown, colours.quiet);
    this.#button("deny", "Deny");
    this.#button("allow", "Allow");
    this.#connection.flush();
  }

  #button(button: QuestionButton, word: string): void {
    const { x, y, width, height } = buttonBoxes[button];
    const { pointer } = this.#connection;
    const isFocused = button === this.#focused;
    this.#drawing.XSetForeground(pointer, this.#pen, isFocused ? colours.focus : colours.line);
    for (let ring = 0; ring < (isFocused ? 3 : 1); ring += 1)
      this.#drawing.XDrawRectangle(
        pointer,
        this.#window,
        this.#pen,
        x + ring,
        y + ring,
        width - 1 - 2 * ring,
        height - 1 - 2 * ring,
      );
    const left = x + Math.round((width - this.#widthOf(word)) / 2);
    this.#write(word, y + 28, colours.ink, left);
  }

  /** One line, cut where the window ends. */
  #write(text: string, baseline: number, colour: number, left: number = textLeft): void {
    let shown = text;
    while (shown.length > 1 && this.#widthOf(shown) > textWidth) shown = `${shown.slice(0, -2)}…`;
    const letters = wideLetters(shown);
    const { pointer } = this.#connection;
    this.#drawing.XSetForeground(pointer, this.#pen, colour);
    this.#drawing.XDrawString16(pointer, this.#window, this.#pen, left, baseline, ptr(letters), letters.length / 2);
  }

  #widthOf(text: string): number {
    const letters = wideLetters(text);
    return this.#font === null
      ? text.length * 8
      : this.#drawing.XTextWidth16(this.#font, ptr(letters), letters.length / 2);
  }
}

const answerOf = (button: QuestionButton) => (button === "allow" ? "allowed" : "denied");

/** X's own letters have two bytes, the higher first; what does not fit into two is a question mark. */
function wideLetters(text: string): Uint8Array<ArrayBuffer> {
  const letters = Array.from(text, (letter) => (letter.length > 1 ? 0x3f : letter.charCodeAt(0)));
  const bytes = fixedBytes(Math.max(2, letters.length * 2));
  for (const [index, letter] of letters.entries()) {
    bytes[2 * index] = letter >> 8;
    bytes[2 * index + 1] = letter & 0xff;
  }
  return bytes;
}
