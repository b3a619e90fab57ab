/** Keyboard, pointer and wheel at an X display, by XTest. */
import { ptr } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import type { RemoteInput } from "../../../protocol/input.ts";
import { offset } from "../../x11/c-library.ts";
import { type DisplayAddress, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { openX11Library } from "../../x11/libraries.ts";
import type { InputInjector } from "../input-injector.ts";
import { HeldInput } from "./held-input.ts";
import { X11Keyboard } from "./x11-keyboard.ts";

const NOTCH = 120;
const CURRENT_SCREEN = -1;
/** X has no wheel: a notch up, down, left or right is a click of one of these. */
const WHEEL = { up: 4, down: 5, left: 6, right: 7 } as const;
/** A hostile or runaway wheel turns no further than this at once, in notches. */
const MAX_NOTCHES = 30;

export class X11Injector implements InputInjector {
  readonly #connection: X11Connection;
  readonly #test = openX11Library("test");
  readonly #held = new HeldInput();
  readonly #keyboard: X11Keyboard;
  /** What is left of each viewer's wheel below a notch. */
  readonly #wheels = new Map<number, { x: number; y: number }>();

  /** @throws {AppError} display.none, or agent.unsupported without XTest. */
  constructor(address: DisplayAddress) {
    this.#connection = new X11Connection(address);
    const n = ptr(fixedBytes(16));
    const { pointer } = this.#connection;
    if (this.#test.XTestQueryExtension(pointer, n, offset(n, 4), offset(n, 8), offset(n, 12)) === 0) {
      this.#connection[Symbol.dispose]();
      throw new AppError(
        "agent.unsupported",
        "This computer's display does not have XTEST, so it can only be watched.",
      );
    }
    this.#keyboard = new X11Keyboard(this.#connection, this.#test, this.#held);
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  /** Nothing is put into the buffer of a display that has gone: nobody empties it, and Xlib does not survive it full. */
  inject(viewer: number, input: RemoteInput): Promise<void> | undefined {
    if (this.isLost) return undefined;
    switch (input.kind) {
      case "move":
        this.#test.XTestFakeMotionEvent(this.#connection.pointer, CURRENT_SCREEN, input.x, input.y, 0);
        return undefined;
      case "button":
        this.#button(viewer, input.button, input.isDown);
        return undefined;
      case "wheel":
        this.#wheel(viewer, input.deltaX, input.deltaY);
        return undefined;
      case "key":
        if (input.isDown) return this.#keyboard.keyDown(viewer, input.code, input.key);
        this.#keyboard.keyUp(viewer, input.code);
        return undefined;
      case "text":
        return this.#keyboard.type(input.text);
      case "release":
        this.release(viewer);
        return undefined;
    }
  }

  release(viewer: number): void {
    const { keycodes, buttons } = this.#held.release(viewer);
    this.#wheels.delete(viewer);
    for (const keycode of keycodes) this.#test.XTestFakeKeyEvent(this.#connection.pointer, keycode, 0, 0);
    for (const button of buttons) this.#click(button, false);
    this.flush();
  }

  flush(): void {
    this.#connection.flush();
  }

  #button(viewer: number, button: number, isDown: boolean): void {
    // Buttons 4 to 7 are the wheel, which has an event of its own; X servers know none past 9 by default.
    if (button < 1 || button > 9 || (button >= WHEEL.up && button <= WHEEL.right)) return;
    const isDue = isDown ? this.#held.pressButton(viewer, button) : this.#held.liftButton(viewer, button);
    if (isDue) this.#click(button, isDown);
  }

  #wheel(viewer: number, deltaX: number, deltaY: number): void {
    const rest = this.#wheels.get(viewer) ?? { x: 0, y: 0 };
    this.#wheels.set(viewer, rest);
    rest.x += deltaX;
    rest.y += deltaY;
    const [notchesX, notchesY] = [Math.trunc(rest.x / NOTCH), Math.trunc(rest.y / NOTCH)];
    rest.x -= notchesX * NOTCH;
    rest.y -= notchesY * NOTCH;
    this.#turn(notchesX < 0 ? WHEEL.left : WHEEL.right, Math.abs(notchesX));
    this.#turn(notchesY < 0 ? WHEEL.up : WHEEL.down, Math.abs(notchesY));
  }

  #turn(button: number, notches: number): void {
    for (let notch = 0; notch < Math.min(notches, MAX_NOTCHES); notch++) {
      this.#click(button, true);
      this.#click(button, false);
    }
  }

  #click(button: number, isDown: boolean): void {
    this.#test.XTestFakeButtonEvent(this.#connection.pointer, button, isDown ? 1 : 0, 0);
  }

  [Symbol.dispose](): void {
    for (const viewer of this.#held.viewers) this.release(viewer);
    this.#keyboard[Symbol.dispose]();
    this.#connection[Symbol.dispose]();
  }
}
