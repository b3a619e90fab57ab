/** The question's window on an X display: drawn by the display itself, above all others, for mouse and keyboard. */
import type { CustomerDisplay } from "../customer-display.ts";
import { buttonAt, type QuestionButton, questionButtons, questionPlace } from "../question-layout.ts";
import type { AskedOfCustomer } from "../words/question-sentences.ts";
import { readCoreInput, wasSent, type WindowInputEvent } from "./core-input.ts";
import { QuestionPainter } from "./question-painter.ts";
import { ShownWindow } from "./shown-window.ts";

/** By which programs, and tests, find the window. */
export const QUESTION_TITLE = "Causeway asks";
/** Moved, hidden or covered it is back after so long at most. */
const RESTORE_MS = 200;
/** Whoever was about to click or type there when the window came does not answer by accident. */
const DEAF_MS = 500;

/** Keys, buttons, exposure, visibility, and what happens to the window itself. */
const EVENT_MASK = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 15) | (1 << 16) | (1 << 17);

const keys = { tab: [0xff09, 0xfe20, 0xff51, 0xff53], press: [0xff0d, 0xff8d, 0x20], escape: 0xff1b } as const;

type Answer = "allowed" | "denied";

export class X11Question implements Disposable {
  readonly #shown: ShownWindow<QuestionPainter>;
  /** Mouse and keyboard count from then on. */
  #listensFromMs: number;
  #focused: QuestionButton = "deny";
  #pressed: QuestionButton | null = null;
  #secondsLeft = 0;

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(display: CustomerDisplay, asked: AskedOfCustomer, nowMs: number) {
    this.#listensFromMs = nowMs + DEAF_MS;
    this.#shown = new ShownWindow(display, {
      title: QUESTION_TITLE,
      eventMask: EVENT_MASK,
      restoreMs: RESTORE_MS,
      paint: (connection, looks) => new QuestionPainter(connection, looks, display.locale, asked),
      place: ({ monitor }, size) => questionPlace(monitor, size),
    });
    this.#shown.window.show();
    this.#shown.window.takeKeyboard();
  }

  get isLost(): boolean {
    return this.#shown.isLost;
  }

  /** Deals with all that has come; the answer once there is one. */
  turn(nowMs: number, secondsLeft: number): Answer | null {
    if (secondsLeft !== this.#secondsLeft) {
      this.#secondsLeft = secondsLeft;
      this.#paint();
    }
    return this.#shown.turn(nowMs, (type) => this.#heed(type, nowMs));
  }

  [Symbol.dispose](): void {
    this.#shown[Symbol.dispose]();
  }

  /** Events that a program only sent say yes to nothing: that takes a mouse or a keyboard. Closing the window says no. */
  #heed(type: number, nowMs: number): Answer | null {
    if (this.#shown.isClosedBy(type)) return "denied";
    const { event } = this.#shown.connection;
    if (wasSent(event)) return null;
    if (this.#shown.guard.heed(type)) {
      this.#listensFromMs = nowMs + DEAF_MS;
      this.#pressed = null;
    }
    const input = nowMs < this.#listensFromMs ? null : readCoreInput(event, type);
    return input === null ? null : this.#heedInput(input);
  }

  #heedInput({ kind, x, y, keycode }: WindowInputEvent): Answer | null {
    if (kind === "key") return this.#typed(keycode);
    const button = buttonAt(this.#shown.painter.layout, x, y);
    if (kind === "press") this.#pressed = button;
    if (kind !== "release") return null;
    const released = this.#pressed === button ? button : null;
    this.#pressed = null;
    return released === null ? null : answerOf(released);
  }

  #typed(keycode: number): Answer | null {
    const { x, pointer } = this.#shown.connection;
    const key = Number(x.XkbKeycodeToKeysym(pointer, keycode, 0, 0));
    if (key === keys.escape) return "denied";
    if ((keys.press as readonly number[]).includes(key)) return answerOf(this.#focused);
    if (!(keys.tab as readonly number[]).includes(key)) return null;
    this.#focused = questionButtons.find((button) => button !== this.#focused)!;
    this.#paint();
    return null;
  }

  #paint(): void {
    this.#shown.painter.paint(this.#shown.window.id, this.#focused, this.#secondsLeft);
  }
}

const answerOf = (button: QuestionButton): Answer => (button === "allow" ? "allowed" : "denied");
