import { expect, test } from "bun:test";
import { type Finger, TouchTranslator } from "./touch-translation.ts";

/** A finger on a picture that is shown at half its size. */
const finger = (id: number, x: number, y: number): Finger => ({ id, x, y, remote: { x: x * 2, y: y * 2 } });
const left = (isDown: boolean) => ({ kind: "button", button: 1, isDown }) as const;
const right = (isDown: boolean) => ({ kind: "button", button: 3, isDown }) as const;

test("SCREEN-04 a finger clicks and drags with the left button", () => {
  const touch = new TouchTranslator();
  expect(touch.down(finger(1, 10, 20))).toEqual([{ kind: "move", x: 20, y: 40 }, left(true)]);
  expect(touch.move(finger(1, 15, 20))).toEqual([{ kind: "move", x: 30, y: 40 }]);
  expect(touch.up(1)).toEqual([left(false)]);
  expect(touch.up(1)).toEqual([]);
});

test("SCREEN-04 a finger that rests clicks with the right button, and does nothing more", () => {
  const touch = new TouchTranslator();
  touch.down(finger(1, 10, 20));
  touch.move(finger(1, 12, 21));
  expect(touch.rest()).toEqual([left(false), right(true), right(false)]);
  expect(touch.move(finger(1, 50, 20))).toEqual([]);
  expect(touch.up(1)).toEqual([]);
  expect(touch.rest()).toEqual([]);
});

test("a finger that has gone somewhere else does not rest", () => {
  const touch = new TouchTranslator();
  touch.down(finger(1, 10, 20));
  touch.move(finger(1, 30, 20));
  expect(touch.rest()).toEqual([]);
});

test("SCREEN-04 two fingers turn the wheel instead of pressing", () => {
  const touch = new TouchTranslator();
  touch.down(finger(1, 10, 20));
  expect(touch.down(finger(2, 60, 20))).toEqual([left(false)]);
  expect(touch.move(finger(1, 10, 0))).toEqual([]);
  expect(touch.move(finger(2, 60, -80))).toEqual([{ kind: "wheel", deltaX: 0, deltaY: 120 }]);
  expect(touch.up(2)).toEqual([]);
  expect(touch.move(finger(1, 90, 90))).toEqual([]);
  expect(touch.up(1)).toEqual([]);
});

test("fingers that the browser takes away let go", () => {
  const touch = new TouchTranslator();
  touch.down(finger(1, 10, 20));
  expect(touch.cancel()).toEqual([left(false)]);
  expect(touch.move(finger(1, 50, 20))).toEqual([]);
});
