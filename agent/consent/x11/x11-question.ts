/** The question's window on an X display: drawn by the display itself, above all others, for mouse and keyboard. */
import { ptr } from "bun:ffi";
import type { LanguageCode } from "../../../protocol/languages.ts";
import { cString, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { QuestionDisplay } from "../consent-messages.ts";
import { type Box, buttonAt, type QuestionButton, questionButtons, questionPlace } from "../question-layout.ts";
import { type AskedOfCustomer, languagesToAskIn, questionSentences } from "../words/question-sentences.ts";
import { type DesktopLooks, readDesktopLooks } from "./desktop-looks.ts";
import type { Letters } from "./letters.ts";
import { openLetters } from "./open-letters.ts";
import { QuestionPainter } from "./question-painter.ts";
import { WindowGuard } from "./window-guard.ts";

/** By which programs, and tests, find the window. */
export const QUESTION_TITLE = "Causeway asks";
/** Whoever was about to click or type there when the window came does not answer by accident. */
const DEAF_MS = 500;

const KEY_PRESS = 2;
const BUTTON_PRESS = 4;
const BUTTON_RELEASE = 5;
const DESTROY = 17;
const CLIENT_MESSAGE = 33;
/** Keys, buttons, exposure, visibility, and what happens to the window itself. */
const EVENT_MASK = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 15) | (1 << 16) | (1 << 17);
const ATTRIBUTES_BYTES = 112;
const OVERRIDE_REDIRECT_AT = 88;
const CW_OVERRIDE_REDIRECT = 1 << 9;
const REVERT_TO_PARENT = 2;
const BORDER = 1;

/** Where XEvent keeps what is read of it. */
const at = { wasSent: 16, x: 64, y: 68, keycode: 84, message: 40, data: 56 } as const;
const keys = { tab: [0xff09, 0xfe20, 0xff51, 0xff53], press: [0xff0d, 0xff8d, 0x20], escape: 0xff1b } as const;

type Answer = "allowed" | "denied";

export class X11Question implements Disposable {
  readonly #connection: X11Connection;
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #painter: QuestionPainter;
  readonly #guard: WindowGuard;
  readonly #window: number;
  readonly #focusBefore: number;
  readonly #closing: { readonly protocols: number; readonly deleteWindow: number };
  /** Mouse and keyboard count from then on. */
  #listensFromMs: number;
  #focused: QuestionButton = "deny";
  #pressed: QuestionButton | null = null;
  #secondsLeft = 0;

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(display: QuestionDisplay, asked: AskedOfCustomer, nowMs: number) {
    this.#connection = new X11Connection(display);
    this.#listensFromMs = nowMs + DEAF_MS;
    this.#focusBefore = this.#readFocus();
    const looks = readDesktopLooks(this.#connection);
    this.#painter = this.#prepare(looks, display.locale, asked);
    const { width, height } = this.#painter.layout;
    const place = { ...questionPlace(looks.monitor, { width, height }), width, height };
    const [protocols, deleteWindow] = ["WM_PROTOCOLS", "WM_DELETE_WINDOW"].map((name) => this.#connection.atom(name));
    this.#closing = { protocols: protocols!, deleteWindow: deleteWindow! };
    this.#window = this.#open(place);
    this.#guard = new WindowGuard(this.#connection, this.#window, place);
    const { pointer } = this.#connection;
    this.#connection.x.XSync(pointer, 0);
    this.#drawing.XSetInputFocus(pointer, this.#window, REVERT_TO_PARENT, 0);
    this.#connection.flush();
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Deals with all that has come; the answer once there is one. */
  turn(nowMs: number, secondsLeft: number): Answer | null {
    if (secondsLeft !== this.#secondsLeft) {
      this.#secondsLeft = secondsLeft;
      this.#paint();
    }
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      const answer = this.#heed(type, nowMs);
      if (answer !== null) return answer;
    }
    this.#guard.keep(nowMs);
    return null;
  }

  [Symbol.dispose](): void {
    const { x, pointer } = this.#connection;
    if (!this.isLost) {
      x.XDestroyWindow(pointer, this.#window);
      this.#painter[Symbol.dispose]();
      if (this.#focusBefore > 1) this.#drawing.XSetInputFocus(pointer, this.#focusBefore, REVERT_TO_PARENT, 0);
      this.#connection.sync();
    }
    this.#connection[Symbol.dispose]();
  }

  /** In the first language there are letters for. */
  #prepare({ isDark, scale }: DesktopLooks, locale: string | null, asked: AskedOfCustomer): QuestionPainter {
    const languages = languagesToAskIn(locale, asked.language);
    for (const language of languages) {
      const letters = openLetters(this.#connection, language, scale);
      const sentences = questionSentences(asked, language);
      if (language === languages.at(-1) || canShow(letters, language)) {
        const measure = letters.widthOf.bind(letters);
        return new QuestionPainter(this.#connection, { sentences, letters, isDark, scale, language, measure });
      }
      letters[Symbol.dispose]();
    }
    throw new Error("there is always English");
  }

  #open({ x: left, y: top, width, height }: Box): number {
    const { x, pointer, root } = this.#connection;
    const { borderColour } = this.#painter;
    const window = Number(
      x.XCreateSimpleWindow(pointer, root, left, top, width, height, BORDER, borderColour, borderColour),
    );
    const attributes = new DataView(fixedBytes(ATTRIBUTES_BYTES).buffer);
    attributes.setInt32(OVERRIDE_REDIRECT_AT, 1, true);
    this.#drawing.XChangeWindowAttributes(pointer, window, CW_OVERRIDE_REDIRECT, ptr(attributes));
    this.#drawing.XStoreName(pointer, window, cString(QUESTION_TITLE));
    this.#sayAloud(window);
    const protocols = new BigUint64Array(new ArrayBuffer(8));
    protocols[0] = BigInt(this.#closing.deleteWindow);
    this.#drawing.XSetWMProtocols(pointer, window, ptr(protocols), 1);
    x.XSelectInput(pointer, window, EVENT_MASK);
    this.#drawing.XMapRaised(pointer, window);
    return window;
  }

  /** The question as the window's name, in UTF-8, for screen readers and lists of windows. */
  #sayAloud(window: number): void {
    const name = new TextEncoder().encode(this.#painter.question);
    const [property, type] = [this.#connection.atom("_NET_WM_NAME"), this.#connection.atom("UTF8_STRING")];
    this.#connection.x.XChangeProperty(this.#connection.pointer, window, property, type, 8, 0, ptr(name), name.length);
  }

  #readFocus(): number {
    const [window, revert] = [new DataView(fixedBytes(8).buffer), new DataView(fixedBytes(8).buffer)];
    this.#connection.x.XGetInputFocus(this.#connection.pointer, ptr(window), ptr(revert));
    return Number(window.getBigUint64(0, true));
  }

  /** Events that a program only sent say yes to nothing: that takes a mouse or a keyboard. Closing the window says no. */
  #heed(type: number, nowMs: number): Answer | null {
    const { event } = this.#connection;
    if (type === CLIENT_MESSAGE) return this.#isAskedToClose() ? "denied" : null;
    if (event.getInt32(at.wasSent, true) !== 0) return null;
    if (type === DESTROY) return "denied";
    if (this.#guard.heed(type)) {
      this.#listensFromMs = nowMs + DEAF_MS;
      this.#pressed = null;
    }
    if (nowMs < this.#listensFromMs) return null;
    if (type === KEY_PRESS) return this.#typed(event.getUint32(at.keycode, true));
    if (type === BUTTON_PRESS) this.#pressed = this.#buttonOfEvent();
    if (type !== BUTTON_RELEASE) return null;
    const released = this.#pressed === this.#buttonOfEvent() ? this.#pressed : null;
    this.#pressed = null;
    return released === null ? null : answerOf(released);
  }

  #isAskedToClose(): boolean {
    const { event } = this.#connection;
    const [message, data] = [event.getBigUint64(at.message, true), event.getBigUint64(at.data, true)];
    return message === BigInt(this.#closing.protocols) && data === BigInt(this.#closing.deleteWindow);
  }

  #buttonOfEvent(): QuestionButton | null {
    const { event } = this.#connection;
    return buttonAt(this.#painter.layout, event.getInt32(at.x, true), event.getInt32(at.y, true));
  }

  #typed(keycode: number): Answer | null {
    const { x, pointer } = this.#connection;
    const key = Number(x.XkbKeycodeToKeysym(pointer, keycode, 0, 0));
    if (key === keys.escape) return "denied";
    if ((keys.press as readonly number[]).includes(key)) return answerOf(this.#focused);
    if (!(keys.tab as readonly number[]).includes(key)) return null;
    this.#focused = questionButtons.find((button) => button !== this.#focused)!;
    this.#paint();
    return null;
  }

  #paint(): void {
    this.#painter.paint(this.#window, this.#focused, this.#secondsLeft);
  }
}

const answerOf = (button: QuestionButton): Answer => (button === "allow" ? "allowed" : "denied");

/** Names may have letters that no font has; the question's own words must not. */
function canShow(letters: Letters, language: LanguageCode): boolean {
  const nobody = { siteName: "", representative: "", wish: "" };
  const { silence, ...sentences } = questionSentences(nobody, language);
  return letters.canShow([...Object.values(sentences), silence(0)].join(""));
}
