import { expect, test } from "bun:test";
import { type FocusPlace, type KeyStroke, matches, parseKeys, SEQUENCE_MS, Shortcuts } from "./shortcuts.ts";

const onPage: FocusPlace = { isInField: false, isInDialog: false };
const inField: FocusPlace = { isInField: true, isInDialog: false };

function stroke(key: string, held: Partial<KeyStroke> = {}): KeyStroke {
  const code = /^[a-z]$/iu.test(key) ? `Key${key.toUpperCase()}` : key;
  return { key, code, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, isAltGraph: false, ...held };
}

function counted(keys: string, options: { scope?: string; worksInFields?: boolean } = {}) {
  const shortcuts = new Shortcuts();
  let runs = 0;
  shortcuts.register({ keys, label: keys, scope: "everywhere", ...options, run: () => void runs++ });
  return { shortcuts, runs: () => runs };
}

test("keys as people read them become combinations", () => {
  expect(parseKeys("Ctrl Alt P")).toEqual([{ ctrl: true, alt: true, shift: false, key: "P" }]);
  expect(parseKeys("G J").map((step) => step.key)).toEqual(["G", "J"]);
  expect(parseKeys("Del")[0]?.key).toBe("Delete");
});

test("a combination needs exactly its modifiers, and a sign may need Shift", () => {
  const [ctrlK] = parseKeys("Ctrl K");
  const [question] = parseKeys("?");
  if (ctrlK === undefined || question === undefined) throw new Error("no keys");
  expect(matches(stroke("k", { ctrlKey: true }), ctrlK)).toBe(true);
  expect(matches(stroke("k", { metaKey: true }), ctrlK)).toBe(true);
  expect(matches(stroke("k"), ctrlK)).toBe(false);
  expect(matches(stroke("K", { ctrlKey: true, shiftKey: true }), ctrlK)).toBe(false);
  expect(matches(stroke("?", { shiftKey: true }), question)).toBe(true);
});

test("with Alt the key's place counts, whatever it types", () => {
  const [altShift1] = parseKeys("Alt Shift 1");
  if (altShift1 === undefined) throw new Error("no keys");
  expect(matches(stroke("!", { code: "Digit1", altKey: true, shiftKey: true }), altShift1)).toBe(true);
});

test("AltGr is never Ctrl Alt", () => {
  const [ctrlAltR] = parseKeys("Ctrl Alt R");
  if (ctrlAltR === undefined) throw new Error("no keys");
  const held = { ctrlKey: true, altKey: true };
  expect(matches(stroke("r", held), ctrlAltR)).toBe(true);
  expect(matches(stroke("r", { ...held, isAltGraph: true }), ctrlAltR)).toBe(false);
});

test("a single key does nothing while a field has the focus", () => {
  const { shortcuts, runs } = counted("E");
  expect(shortcuts.handle(stroke("e"), inField, 0)).toBe(false);
  expect(shortcuts.handle(stroke("e"), onPage, 0)).toBe(true);
  expect(runs()).toBe(1);
});

test("a key with Ctrl works in fields only where it says so", () => {
  const held = { ctrlKey: true };
  expect(counted("Ctrl K", { worksInFields: true }).shortcuts.handle(stroke("k", held), inField, 0)).toBe(true);
  expect(counted("Ctrl K").shortcuts.handle(stroke("k", held), inField, 0)).toBe(false);
});

test("single keys can be turned off, keys with Ctrl stay", () => {
  const { shortcuts } = counted("E");
  shortcuts.register({ keys: "Ctrl K", label: "", scope: "everywhere", run: () => {} });
  shortcuts.hasSingleKeys = false;
  expect(shortcuts.handle(stroke("e"), onPage, 0)).toBe(false);
  expect(shortcuts.handle(stroke("k", { ctrlKey: true }), onPage, 0)).toBe(true);
});

test("a sequence runs when its second key comes in time", () => {
  const { shortcuts, runs } = counted("G J");
  shortcuts.handle(stroke("g"), onPage, 0);
  expect(shortcuts.handle(stroke("j"), onPage, SEQUENCE_MS)).toBe(true);
  shortcuts.handle(stroke("g"), onPage, 5000);
  expect(shortcuts.handle(stroke("j"), onPage, 5001 + SEQUENCE_MS)).toBe(false);
  expect(shortcuts.handle(stroke("j"), onPage, 5002 + SEQUENCE_MS)).toBe(false);
  expect(runs()).toBe(1);
});

test("a scope's keys work while the scope is on, as often as it was entered", () => {
  const { shortcuts, runs } = counted("T", { scope: "list" });
  expect(shortcuts.handle(stroke("t"), onPage, 0)).toBe(false);
  {
    using _outer = shortcuts.enter("list");
    {
      using _inner = shortcuts.enter("list");
    }
    expect(shortcuts.handle(stroke("t"), onPage, 0)).toBe(true);
    expect(shortcuts.list().map(({ keys }) => keys)).toEqual(["T"]);
  }
  expect(shortcuts.handle(stroke("t"), onPage, 0)).toBe(false);
  expect(runs()).toBe(1);
});

test("a dialog keeps its keys to itself", () => {
  const { shortcuts } = counted("Ctrl K", { worksInFields: true });
  expect(shortcuts.handle(stroke("k", { ctrlKey: true }), { isInField: false, isInDialog: true }, 0)).toBe(false);
});

test("the newest of two that mean the same key goes first, and may pass it on", () => {
  const { shortcuts, runs } = counted("E");
  let isPassed = true;
  const newest = shortcuts.register({ keys: "E", label: "", scope: "everywhere", run: () => !isPassed });
  shortcuts.handle(stroke("e"), onPage, 0);
  expect(runs()).toBe(1);
  isPassed = false;
  shortcuts.handle(stroke("e"), onPage, 0);
  expect(runs()).toBe(1);
  newest[Symbol.dispose]();
  shortcuts.handle(stroke("e"), onPage, 0);
  expect(runs()).toBe(2);
});
