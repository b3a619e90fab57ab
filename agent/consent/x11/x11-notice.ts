/**
 * The notice of who is connected, on an X display: small, above all others, and never in the way of the keyboard until
 * somebody asks for it by its keys. It can be dragged to another place, and stays whole in sight there.
 */
import type { CustomerDisplay } from "../customer-display.ts";
import { isOnStop, keptOn, noticePlace } from "../notice-layout.ts";
import type { NoticeReport } from "../notice-messages.ts";
import type { Box } from "../window-layout.ts";
import type { Connected } from "../words/notice-sentences.ts";
import { wasSent, type WindowInputEvent } from "./core-input.ts";
import { readDesktopLooks } from "./desktop-looks.ts";
import { NoticePainter } from "./notice-painter.ts";
import { markServer } from "./server-mark.ts";
import { ShownWindow } from "./shown-window.ts";
import { WindowInput } from "./window-input.ts";

/** By which programs, and tests, find the window. */
export const NOTICE_TITLE = "Causeway is connected";
/** Not as eager as a question: what lies over it for a moment, such as a menu, may. */
const RESTORE_MS = 1000;

const FOCUS_OUT = 10;
const CONFIGURE = 22;
const STRUCTURE_NOTIFY_MASK = 1 << 17;
/** Exposure, visibility, what happens to the window itself, and the keyboard's coming and going. */
const EVENT_MASK = (1 << 15) | (1 << 16) | (1 << 17) | (1 << 21);
/** Where XEvent keeps what is read of it; of the keyboard's going, whether only a grab took it. */
const at = { window: 32, focusMode: 40 } as const;
const NOTIFY_GRAB = 1;
const NOTIFY_UNGRAB = 2;

/** By the window's keys: End with Shift, Control and Alt, whatever Caps Lock (2) and Num Lock (16) are. */
const KEYSYM_END = 0xff57;
const SHIFT_CONTROL_ALT = 1 | 4 | 8;
const LOCKS = [0, 2, 16, 2 | 16] as const;
const GRAB_ASYNC = 1;
const keys = { press: [0xff0d, 0xff8d, 0x20], escape: 0xff1b, end: KEYSYM_END } as const;

export class X11Notice implements Disposable {
  readonly #shown: ShownWindow<NoticePainter>;
  readonly #locale: string | null;
  readonly #input: WindowInput;
  /** By which to tell a connection that was cut from a display that has gone. */
  readonly serverMark: string;
  #isPressed = false;
  /** From the pointer to the window's corner while it is dragged. */
  #grip: { readonly x: number; readonly y: number } | null = null;

  /** @throws {AppError} display.none, agent.unsupported */
  constructor(display: CustomerDisplay, connected: Connected) {
    this.#locale = display.locale;
    this.#shown = new ShownWindow(display, {
      title: NOTICE_TITLE,
      eventMask: EVENT_MASK,
      restoreMs: RESTORE_MS,
      paint: (connection, looks) => new NoticePainter(connection, looks, display.locale, connected),
      place: ({ monitor, scale }, size) => noticePlace(monitor, size, scale),
    });
    const { connection, window } = this.#shown;
    this.#input = new WindowInput(connection, window.id, EVENT_MASK);
    connection.x.XSelectInput(connection.pointer, connection.root, STRUCTURE_NOTIFY_MASK);
    this.serverMark = markServer(connection);
    this.#grabKeys();
    this.#paint();
    window.show();
  }

  get isLost(): boolean {
    return this.#shown.isLost;
  }

  /** Others are connected now. */
  change(connected: Connected): void {
    const { painter, connection, looks, window, place } = this.#shown;
    painter[Symbol.dispose]();
    const changed = new NoticePainter(connection, looks, this.#locale, connected);
    this.#shown.painter = changed;
    window.rename(changed.text);
    const { width, height } = changed.layout;
    this.#moveTo({ ...place, width, height });
    this.#paint();
  }

  /** Deals with all that has come; how the customer ends the session once they do. */
  turn(nowMs: number): NoticeReport | null {
    return this.#shown.turn(nowMs, (type) => this.#heed(type));
  }

  [Symbol.dispose](): void {
    this.#shown[Symbol.dispose]();
  }

  #heed(type: number): NoticeReport | null {
    if (this.#shown.isClosedBy(type)) return { how: "closed", isInjected: false };
    const input = this.#input.read(type);
    if (input !== null) return this.#heedInput(input);
    const { event, root } = this.#shown.connection;
    if (wasSent(event)) return null;
    const isOfGrab = [NOTIFY_GRAB, NOTIFY_UNGRAB].includes(event.getInt32(at.focusMode, true));
    if (type === FOCUS_OUT && !isOfGrab) this.#forgetKeyboard();
    const isOfScreen = Number(event.getBigUint64(at.window, true)) === root;
    if (isOfScreen) return type === CONFIGURE ? this.#look() : null;
    this.#shown.guard.heed(type);
    return null;
  }

  #heedInput({ kind, x, y, rootX, rootY, keycode, isInjected }: WindowInputEvent): NoticeReport | null {
    const { painter, place } = this.#shown;
    const isOn = isOnStop(painter.layout, x, y);
    if (kind === "key") return this.#typed(keycode) ? { how: "button", isInjected } : null;
    if (kind === "press") {
      this.#isPressed = isOn;
      this.#grip = isOn ? null : { x: place.x - rootX, y: place.y - rootY };
    } else if (kind === "move") {
      if (this.#grip !== null) this.#moveTo({ ...place, x: rootX + this.#grip.x, y: rootY + this.#grip.y });
    } else {
      const wasPressed = this.#isPressed;
      [this.#isPressed, this.#grip] = [false, null];
      if (wasPressed && isOn) return { how: "button", isInjected };
    }
    return null;
  }

  /** Whether the key ends the session. */
  #typed(keycode: number): boolean {
    const { connection, window } = this.#shown;
    const key = Number(connection.x.XkbKeycodeToKeysym(connection.pointer, keycode, 0, 0));
    if (key === keys.end && !window.hasKeyboard) {
      window.takeKeyboard();
      this.#paint();
    }
    if (!window.hasKeyboard) return false;
    if (key === keys.escape) {
      window.giveKeyboardBack();
      this.#paint();
    }
    return (keys.press as readonly number[]).includes(key);
  }

  #forgetKeyboard(): void {
    if (!this.#shown.window.hasKeyboard) return;
    this.#shown.window.forgetKeyboard();
    this.#paint();
  }

  /** A desktop that has these keys for itself keeps them; the mouse is there still. */
  #grabKeys(): void {
    const { x, pointer, root } = this.#shown.connection;
    const keycode = x.XKeysymToKeycode(pointer, KEYSYM_END);
    if (keycode === 0) return;
    for (const lock of LOCKS) x.XGrabKey(pointer, keycode, SHIFT_CONTROL_ALT | lock, root, 1, GRAB_ASYNC, GRAB_ASYNC);
    this.#shown.connection.flush();
  }

  /** The screen has another size, so its first monitor may be elsewhere. */
  #look(): null {
    if (this.isLost) return null;
    this.#shown.looks = readDesktopLooks(this.#shown.connection);
    this.#moveTo(this.#shown.place);
    return null;
  }

  #moveTo(place: Box): void {
    this.#shown.place = keptOn(this.#shown.looks.monitor, place);
    this.#shown.guard.moveTo(this.#shown.place);
  }

  #paint(): void {
    this.#shown.painter.paint(this.#shown.window.id, this.#shown.window.hasKeyboard);
  }
}
