/** The question's window on an X display: drawn by the display itself, above all others, for mouse and keyboard. */
import type { LanguageCode } from "../../../protocol/languages.ts";
import { X11Connection } from "../../x11/connection.ts";
import type { QuestionDisplay } from "../consent-messages.ts";
import { buttonAt, type QuestionButton, questionButtons, questionPlace } from "../question-layout.ts";
import { type AskedOfCustomer, languagesToAskIn, questionSentences } from "../words/question-sentences.ts";
import { type DesktopLooks, readDesktopLooks } from "./desktop-looks.ts";
import { OwnWindow } from "./own-window.ts";
import { QuestionPainter } from "./question-painter.ts";
import { openSpeakingLetters } from "./speaking-letters.ts";
import { WindowGuard } from "./window-guard.ts";

/** By which programs, and tests, find the window. */
export const QUESTION_TITLE = "Causeway asks";
/** Moved, hidden or covered it is back after so long at most. */
const RESTORE_MS = 200;
/** Whoever was about to click or type there when the window came does not answer by accident. */
const DEAF_MS = 500;

const KEY_PRESS = 2;
const BUTTON_PRESS = 4;
const BUTTON_RELEASE = 5;
const DESTROY = 17;
const CLIENT_MESSAGE = 33;
/** Keys, buttons, exposure, visibility, and what happens to the window itself. */
const EVENT_MASK = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 15) | (1 << 16) | (1 << 17);

/** Where XEvent keeps what is read of it. */
const at = { wasSent: 16, x: 64, y: 68, keycode: 84 } as const;
const keys = { tab: [0xff09, 0xfe20, 0xff51, 0xff53], press: [0xff0d, 0xff8d, 0x20], escape: 0xff1b } as const;

type Answer = "allowed" | "denied";

export class X11Question implements Disposable {
  readonly #connection: X11Connection;
  readonly #painter: QuestionPainter;
  readonly #guard: WindowGuard;
  readonly #window: OwnWindow;
  readonly #focusBefore: number;
  /** Mouse and keyboard count from then on. */
  #listensFromMs: number;
  #focused: QuestionButton = "deny";
  #pressed: QuestionButton | null = null;
  #secondsLeft = 0;

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(display: QuestionDisplay, asked: AskedOfCustomer, nowMs: number) {
    this.#connection = new X11Connection(display);
    this.#listensFromMs = nowMs + DEAF_MS;
    const looks = readDesktopLooks(this.#connection);
    this.#painter = this.#prepare(looks, display.locale, asked);
    const { width, height } = this.#painter.layout;
    const place = { ...questionPlace(looks.monitor, { width, height }), width, height };
    this.#window = new OwnWindow(this.#connection, {
      title: QUESTION_TITLE,
      name: this.#painter.question,
      place,
      borderColour: this.#painter.borderColour,
      eventMask: EVENT_MASK,
    });
    this.#window.show();
    this.#guard = new WindowGuard(this.#connection, this.#window.id, place, RESTORE_MS);
    this.#focusBefore = this.#window.takeKeyboard();
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
    if (!this.isLost) {
      this.#window.destroy();
      this.#painter[Symbol.dispose]();
      this.#window.giveKeyboardBack(this.#focusBefore);
      this.#connection.sync();
    }
    this.#connection[Symbol.dispose]();
  }

  #prepare({ isDark, scale }: DesktopLooks, locale: string | null, asked: AskedOfCustomer): QuestionPainter {
    const languages = languagesToAskIn(locale, asked.language);
    const { language, letters } = openSpeakingLetters(this.#connection, languages, ownWords, scale);
    const sentences = questionSentences(asked, language);
    const measure = letters.widthOf.bind(letters);
    return new QuestionPainter(this.#connection, { sentences, letters, isDark, scale, language, measure });
  }

  /** Events that a program only sent say yes to nothing: that takes a mouse or a keyboard. Closing the window says no. */
  #heed(type: number, nowMs: number): Answer | null {
    const { event } = this.#connection;
    if (type === CLIENT_MESSAGE) return this.#window.isAskedToClose() ? "denied" : null;
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
    this.#painter.paint(this.#window.id, this.#focused, this.#secondsLeft);
  }
}

const answerOf = (button: QuestionButton): Answer => (button === "allow" ? "allowed" : "denied");

/** The question's own words, without names. */
function ownWords(language: LanguageCode): string {
  const { silence, ...sentences } = questionSentences({ siteName: "", representative: "", wish: "" }, language);
  return [...Object.values(sentences), silence(0)].join("");
}
