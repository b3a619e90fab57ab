import { expect, test } from "bun:test";
import { type KeyEvent, KeyTranslator } from "./key-translation.ts";

const base = { ctrlKey: false, altKey: false, isAltGraph: false, isComposing: false };
const down = (code: string, key: string, more: Partial<KeyEvent> = {}): KeyEvent => ({
  ...base,
  type: "keydown",
  code,
  key,
  ...more,
});
const up = (code: string, key: string, more: Partial<KeyEvent> = {}): KeyEvent => ({
  ...down(code, key, more),
  type: "keyup",
});

test("a key goes down and comes up at the remote computer, and the browser does nothing with it", () => {
  const keys = new KeyTranslator();
  expect(keys.translate(down("KeyA", "a"))).toEqual({
    inputs: [{ kind: "key", isDown: true, code: "KeyA", key: "a" }],
    isTaken: true,
    isWayOut: false,
  });
  expect(keys.translate(up("KeyA", "a")).inputs).toEqual([{ kind: "key", isDown: false, code: "KeyA", key: "a" }]);
});

test("dead keys and compositions are left to the browser, which makes the text of them", () => {
  const keys = new KeyTranslator();
  for (const event of [
    down("Equal", "Dead"),
    down("KeyA", "Process"),
    down("KeyA", "a", { isComposing: true }),
    down("", "Unidentified"),
  ])
    expect(keys.translate(event)).toEqual({ inputs: [], isTaken: false, isWayOut: false });
});

test("Ctrl Alt with a key stays here and lets the remote Ctrl and Alt go; Ctrl Alt Home is the way out", () => {
  const keys = new KeyTranslator();
  const both = { ctrlKey: true, altKey: true };
  keys.translate(down("ControlLeft", "Control", { ctrlKey: true }));
  keys.translate(down("AltLeft", "Alt", both));
  expect(keys.translate(down("KeyR", "r", both))).toEqual({
    inputs: [{ kind: "release" }],
    isTaken: false,
    isWayOut: false,
  });
  expect(keys.translate(down("Home", "Home", both))).toEqual({
    inputs: [{ kind: "release" }],
    isTaken: true,
    isWayOut: true,
  });
  expect(keys.translate(up("AltLeft", "Alt")).inputs).toEqual([]);
});

test("AltGr as Windows sends it is AltGr alone, and what it types is typed", () => {
  const keys = new KeyTranslator();
  const graph = { ctrlKey: true, altKey: true, isAltGraph: true };
  keys.translate(down("ControlLeft", "Control", { ctrlKey: true }));
  expect(keys.translate(down("AltRight", "AltGraph", graph)).inputs).toEqual([
    { kind: "key", isDown: false, code: "ControlLeft", key: "Control" },
    { kind: "key", isDown: true, code: "AltRight", key: "AltGraph" },
  ]);
  expect(keys.translate(down("KeyQ", "@", graph)).inputs).toEqual([
    { kind: "key", isDown: true, code: "KeyQ", key: "@" },
  ]);
});

test("with Command coming up everything is let go, for macOS tells of no other key", () => {
  const keys = new KeyTranslator();
  keys.translate(down("MetaLeft", "Meta"));
  keys.translate(down("KeyC", "c"));
  expect(keys.translate(up("MetaLeft", "Meta")).inputs).toEqual([{ kind: "release" }]);
});
