import { expect, test } from "bun:test";
import { marked, MAX_PER_GROUP, type PaletteEntry, parsePaletteText, ranked, withArrived } from "./palette-results.ts";

const entry = (title: string, detail = "", keywords = ""): PaletteEntry => ({
  key: title,
  title,
  detail,
  keywords,
  action: "Run",
});
const titles = (entries: readonly PaletteEntry[]) => entries.map(({ title }) => title);

test("> at the start means commands only", () => {
  expect(parsePaletteText("> Theme  dark")).toEqual({ isCommandsOnly: true, words: ["theme", "dark"] });
  expect(parsePaletteText("  harbour ")).toEqual({ isCommandsOnly: false, words: ["harbour"] });
  expect(parsePaletteText("")).toEqual({ isCommandsOnly: false, words: [] });
});

test("the start of the title counts most, then the start of a word, then anywhere", () => {
  const entries = [
    entry("Back harbour"),
    entry("Go harbour", "x"),
    entry("harbour desk"),
    entry("xharbourx"),
    entry("Desk", "harbour"),
  ];
  expect(titles(ranked(entries, ["harbour"]))).toEqual([
    "harbour desk",
    "Back harbour",
    "Go harbour",
    "xharbourx",
    "Desk",
  ]);
});

test("every word must be found; nothing typed shows all in their order", () => {
  const entries = [entry("Theme: dark"), entry("Theme: light", "", "white bright")];
  expect(titles(ranked(entries, ["theme", "bright"]))).toEqual(["Theme: light"]);
  expect(titles(ranked(entries, ["theme", "none"]))).toEqual([]);
  expect(titles(ranked(entries, []))).toEqual(["Theme: dark", "Theme: light"]);
});

test("no more than the limit of one kind", () => {
  const many = Array.from({ length: 30 }, (_, index) => entry(`item ${index}`));
  expect(ranked(many, ["item"])).toHaveLength(MAX_PER_GROUP);
});

test("what arrives is added to its group before the cursor was moved, and nothing shown changes places", () => {
  const shown = [
    { title: "Jump Items", entries: [entry("a"), entry("b")] },
    { title: "Commands", entries: [entry("c")] },
  ];
  const result = withArrived(shown, "Jump Items", [entry("b"), entry("d"), entry("a")], false);
  expect(result.map(({ entries }) => titles(entries))).toEqual([["a", "b", "d"], ["c"]]);
  const first = withArrived([shown[1]!], "Jump Items", [entry("d")], false);
  expect(first.map(({ title }) => title)).toEqual(["Jump Items", "Commands"]);
});

test("once the cursor was moved what arrives stands below everything", () => {
  const shown = [
    { title: "Jump Items", entries: [entry("a")] },
    { title: "Commands", entries: [entry("c")] },
  ];
  const more = withArrived(shown, "Jump Items", [entry("d")], true);
  expect(more.map(({ title, entries }) => [title, ...titles(entries)])).toEqual([
    ["Jump Items", "a"],
    ["Commands", "c"],
    ["More Jump Items", "d"],
  ]);
  expect(withArrived(shown, "Jump Items", [entry("a")], true)).toBe(shown);
});

test("hits are marked wherever they stand, and signs of regular expressions are only signs", () => {
  expect(marked("Front desk, Harbour", ["harb", "desk"])).toEqual([
    { text: "Front ", isHit: false },
    { text: "desk", isHit: true },
    { text: ", ", isHit: false },
    { text: "Harb", isHit: true },
    { text: "our", isHit: false },
  ]);
  expect(
    marked("a.b (c)", ["(", ".", "$"])
      .map(({ text }) => text)
      .join(""),
  ).toBe("a.b (c)");
  expect(marked("plain", [])).toEqual([{ text: "plain", isHit: false }]);
});
