/**
 * The notice of who is connected, on an X display: small, above all others, and never in the way of the keyboard until
 * somebody asks for it by its keys. It can be dragged to another place, and stays whole in sight there.
 */
import { X11Connection } from "../../x11/connection.ts";
import type { QuestionDisplay } from "../consent-messages.ts";
import { isOnStop, keptOn, noticePlace } from "../notice-layout.ts";
import type { NoticeReport } from "../notice-messages.ts";
import type { Box } from "../question-layout.ts";
import type { Connected } from "../words/notice-sentences.ts";
import { type DesktopLooks, readDesktopLooks } from "./desktop-looks.ts";
import { NoticePainter } from "./notice-painter.ts";
import { OwnWindow } from "./own-window.ts";
import { markServer } from "./server-mark.ts";
import { WindowGuard } from "./window-guard.ts";
import { WindowInput, type WindowInputEvent } from "./window-input.ts";

/** By which programs, and tests, find the window. */
export const NOTICE_TITLE = "Causeway is connected";
/** Not as eager as a question: what lies over it for a moment, such as a menu, may. */
const RESTORE_MS = 1000;

const FOCUS_OUT = 10;
const DESTROY = 17;
const CONFIGURE = 22;
const CLIENT_MESSAGE = 33;
const STRUCTURE_NOTIFY_MASK = 1 << 17;
/** Exposure, visibility, what happens to the window itself, and the keyboard's coming and going. */
const EVENT_MASK = (1 << 15) | (1 << 16) | (1 << 17) | (1 << 21);
/** Where XEvent keeps what is read of it; of the keyboard's going, whether only a grab took it. */
const at = { wasSent: 16, window: 32, focusMode: 40 } as const;
const NOTIFY_GRAB = 1;
const NOTIFY_UNGRAB = 2;

/** By the window's keys: End with Shift, Control and Alt, whatever Caps Lock (2) and Num Lock (16) are. */
const KEYSYM_END = 0xff57;
const SHIFT_CONTROL_ALT = 1 | 4 | 8;
const LOCKS = [0, 2, 16, 2 | 16] as const;
const GRAB_ASYNC = 1;
const keys = { press: [0xff0d, 0xff8d, 0x20], escape: 0xff1b, end: KEYSYM_END } as const;

export class X11Notice implements Disposable {
  readonly #connection: X11Connection;
  readonly #locale: string | null;
  #looks: DesktopLooks;
  #painter: NoticePainter;
  #place: Box;
  readonly #window: OwnWindow;
  readonly #guard: WindowGuard;
  readonly #input: WindowInput;
  /** Who had the keyboard before it was asked for; null: it was not. */
  #keyboardBefore: number | null = null;
  /** By which to tell a connection that was cut from a display that has gone. */
  readonly serverMark: string;
  #isPressed = false;
  /** From the pointer to the window's corner while it is dragged. */
  #grip: { readonly x: number; readonly y: number } | null = null;

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(display: QuestionDisplay, connected: Connected) {
    this.#connection = new X11Connection(display);
    this.#locale = display.locale;
    this.#looks = readDesktopLooks(this.#connection);
    this.#painter = new NoticePainter(this.#connection, this.#looks, this.#locale, connected);
    this.#place = noticePlace(this.#looks.monitor, this.#painter.layout, this.#looks.scale);
    this.#window = new OwnWindow(this.#connection, {
      title: NOTICE_TITLE,
      name: this.#painter.text,
      place: this.#place,
      borderColour: this.#painter.borderColour,
      eventMask: EVENT_MASK,
    });
    this.#input = new WindowInput(this.#connection, this.#window.id, EVENT_MASK);
    this.#guard = new WindowGuard(this.#connection, this.#window.id, this.#place, RESTORE_MS);
    const { x, pointer, root } = this.#connection;
    x.XSelectInput(pointer, root, STRUCTURE_NOTIFY_MASK);
    this.serverMark = markServer(this.#connection);
    this.#grabKeys();
    this.#paint();
    this.#window.show();
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Others are connected now. */
  change(connected: Connected): void {
    this.#painter[Symbol.dispose]();
    this.#painter = new NoticePainter(this.#connection, this.#looks, this.#locale, connected);
    this.#window.rename(this.#painter.text);
    this.#moveTo({ ...this.#place, ...sizeOf(this.#painter.layout) });
    this.#paint();
  }

  /** Deals with all that has come; how the customer ends the session once they do. */
  turn(nowMs: number): NoticeReport | null {
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      const stop = this.#heed(type);
      if (stop !== null) return stop;
    }
    this.#guard.keep(nowMs);
    return null;
  }

  [Symbol.dispose](): void {
    if (!this.isLost) {
      this.#window.destroy();
      this.#painter[Symbol.dispose]();
      if (this.#keyboardBefore !== null) this.#window.giveKeyboardBack(this.#keyboardBefore);
      this.#connection.sync();
    }
    this.#connection[Symbol.dispose]();
  }

  #heed(type: number): NoticeReport | null {
    const closed = { how: "closed", isInjected: false } as const;
    if (type === CLIENT_MESSAGE) return this.#window.isAskedToClose() ? closed : null;
    const input = this.#input.read(type);
    if (input !== null) return this.#heedInput(input);
    const { event } = this.#connection;
    if (event.getInt32(at.wasSent, true) !== 0) return null;
    if (type === DESTROY) return closed;
    const isOfGrab = [NOTIFY_GRAB, NOTIFY_UNGRAB].includes(event.getInt32(at.focusMode, true));
    if (type === FOCUS_OUT && !isOfGrab) this.#forgetKeyboard();
    const isOfScreen = Number(event.getBigUint64(at.window, true)) === this.#connection.root;
    if (isOfScreen) return type === CONFIGURE ? this.#look() : null;
    this.#guard.heed(type);
    return null;
  }

  #heedInput({ kind, x, y, rootX, rootY, keycode, isInjected }: WindowInputEvent): NoticeReport | null {
    const isOn = isOnStop(this.#painter.layout, x, y);
    if (kind === "key") return this.#typed(keycode) ? { how: "button", isInjected } : null;
    if (kind === "press") {
      this.#isPressed = isOn;
      this.#grip = isOn ? null : { x: this.#place.x - rootX, y: this.#place.y - rootY };
    } else if (kind === "move") {
      if (this.#grip !== null) this.#moveTo({ ...this.#place, x: rootX + this.#grip.x, y: rootY + this.#grip.y });
    } else {
      const wasPressed = this.#isPressed;
      [this.#isPressed, this.#grip] = [false, null];
      if (wasPressed && isOn) return { how: "button", isInjected };
    }
    return null;
  }

  /** Whether the key ends the session. */
  #typed(keycode: number): boolean {
    const { x, pointer } = this.#connection;
    const key = Number(x.XkbKeycodeToKeysym(pointer, keycode, 0, 0));
    if (key === keys.end && this.#keyboardBefore === null) {
      this.#keyboardBefore = this.#window.takeKeyboard();
      this.#paint();
    }
    if (this.#keyboardBefore === null) return false;
    if (key === keys.escape) this.#leaveKeyboard();
    return (keys.press as readonly number[]).includes(key);
  }

  #leaveKeyboard(): void {
    if (this.#keyboardBefore !== null) this.#window.giveKeyboardBack(this.#keyboardBefore);
    this.#forgetKeyboard();
  }

  #forgetKeyboard(): void {
    if (this.#keyboardBefore === null) return;
    this.#keyboardBefore = null;
    this.#paint();
  }

  /** A desktop that has these keys for itself keeps them; the mouse is there still. */
  #grabKeys(): void {
    const { x, pointer, root } = this.#connection;
    const keycode = x.XKeysymToKeycode(pointer, KEYSYM_END);
    if (keycode === 0) return;
    for (const lock of LOCKS) x.XGrabKey(pointer, keycode, SHIFT_CONTROL_ALT | lock, root, 1, GRAB_ASYNC, GRAB_ASYNC);
    this.#connection.flush();
  }

  /** The screen has another size, so its first monitor may be elsewhere. */
  #look(): null {
    if (this.isLost) return null;
    this.#looks = readDesktopLooks(this.#connection);
    this.#moveTo(this.#place);
    return null;
  }

  #moveTo(place: Box): void {
    this.#place = keptOn(this.#looks.monitor, place);
    this.#guard.moveTo(this.#place);
  }

  #paint(): void {
    this.#painter.paint(this.#window.id, this.#keyboardBefore !== null);
  }
}

const sizeOf = ({ width, height }: { readonly width: number; readonly height: number }) => ({ width, height });
