import { expect, test } from "bun:test";
import { HeldInput } from "./held-input.ts";

const SHIFT = { keycode: 50, modifier: "shift" } as const;

test("a keycode goes down with its first holder and up with its last", () => {
  const held = new HeldInput();
  expect(held.press(1, "ShiftLeft", SHIFT)).toBe(true);
  expect(held.press(2, "ShiftLeft", SHIFT)).toBe(false);
  expect(held.lift(1, "ShiftLeft")).toBeNull();
  expect(held.lift(2, "ShiftLeft")).toBe(50);
  expect(held.lift(2, "ShiftLeft")).toBeNull();
});

test("a viewer that leaves takes what only it held", () => {
  const held = new HeldInput();
  held.press(1, "ShiftLeft", SHIFT);
  held.press(1, "KeyA", { keycode: 38, modifier: null });
  held.press(2, "ShiftLeft", SHIFT);
  held.pressButton(1, 1);
  expect(held.release(1)).toEqual({ keycodes: [38], buttons: [1] });
  expect([...held.modifiersOf(2)]).toEqual(["shift"]);
  expect(held.release(1)).toEqual({ keycodes: [], buttons: [] });
});

test("two keys of one viewer on the same keycode are let go once", () => {
  const held = new HeldInput();
  held.press(1, "AltLeft", { keycode: 64, modifier: "alt" });
  held.press(1, "AltRight", { keycode: 64, modifier: "alt" });
  expect(held.release(1).keycodes).toEqual([64]);
});
