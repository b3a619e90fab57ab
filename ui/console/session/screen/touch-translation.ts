/**
 * Fingers on the picture as events of the input channel. One finger is the left button, a finger that rests is a click of
 * the right one, two fingers turn the wheel. Pure: places come in remote pixels, ways in CSS pixels.
 */
import type { RemoteInput } from "../../../../protocol/input.ts";
import { remoteWheel } from "./pointer-translation.ts";

/** A finger, where it is on the page in CSS pixels, and what remote pixel lies under it. */
export interface Finger {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly remote: { readonly x: number; readonly y: number };
}

/** A finger that stays this long, in milliseconds, within this many CSS pixels, rests. */
export const REST_MS = 600;
const REST_PIXELS = 10;
const LEFT = 1;
const RIGHT = 3;
const button = (number: number, isDown: boolean): RemoteInput => ({ kind: "button", button: number, isDown });

export class TouchTranslator {
  /** The fingers on the picture, the first one first. */
  readonly #fingers = new Map<number, Finger>();
  /** The first finger holds the left button. */
  #isPressed = false;
  /** Where it came down, until it went away from there. */
  #restingAt: Finger | null = null;

  down(finger: Finger): RemoteInput[] {
    this.#fingers.set(finger.id, finger);
    if (this.#fingers.size > 1) return this.#letGo();
    this.#isPressed = true;
    this.#restingAt = finger;
    return [{ kind: "move", ...finger.remote }, button(LEFT, true)];
  }

  /** A finger went elsewhere. Of several the last one turns the wheel: what is under it goes with it. */
  move(finger: Finger): RemoteInput[] {
    const before = this.#fingers.get(finger.id);
    if (before === undefined) return [];
    this.#fingers.set(finger.id, finger);
    const start = this.#restingAt;
    if (start !== null && Math.hypot(finger.x - start.x, finger.y - start.y) > REST_PIXELS) this.#restingAt = null;
    if (this.#isPressed) return [{ kind: "move", ...finger.remote }];
    if (this.#fingers.size < 2 || finger.id !== [...this.#fingers.keys()].at(-1)) return [];
    return [remoteWheel({ deltaX: before.x - finger.x, deltaY: before.y - finger.y, deltaMode: 0 })];
  }

  up(id: number): RemoteInput[] {
    return this.#fingers.delete(id) ? this.#letGo() : [];
  }

  /** REST_MS after a finger came down: if it rests, a menu is wanted where it is. */
  rest(): RemoteInput[] {
    return this.#isPressed && this.#restingAt !== null
      ? [...this.#letGo(), button(RIGHT, true), button(RIGHT, false)]
      : [];
  }

  /** The browser has taken the fingers for something else. */
  cancel(): RemoteInput[] {
    this.#fingers.clear();
    return this.#letGo();
  }

  #letGo(): RemoteInput[] {
    const isHeld = this.#isPressed;
    this.#isPressed = false;
    return isHeld ? [button(LEFT, false)] : [];
  }
}
