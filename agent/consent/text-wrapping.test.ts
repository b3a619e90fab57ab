import { expect, test } from "bun:test";
import { wrapText } from "./text-wrapping.ts";

const ten = (text: string): number => [...text].length * 10;

test("lines break between words and never before a full stop; what does not fit ends in dots", () => {
  const english = { maxWidth: 200, maxLines: 3, language: "en" } as const;
  expect(wrapText("May Rosa see your screen now?", ten, english)).toEqual(["May Rosa see your", "screen now?"]);
  expect(wrapText("Its twenty letters ab.", ten, english)).toEqual(["Its twenty letters", "ab."]);
  expect(wrapText("a bb ccc dddd eeeee", ten, { ...english, maxWidth: 50, maxLines: 2 })).toEqual(["a bb", "ccc…"]);
  expect(wrapText("  ", ten, english)).toEqual([]);
});

test("a word longer than the line is broken", () => {
  expect(wrapText("abcdefgh ij", ten, { maxWidth: 50, maxLines: 9, language: "en" })).toEqual(["abcde", "fgh", "ij"]);
});

test("Japanese breaks between words, French keeps its signs beside them", () => {
  const japanese = wrapText("先に作業を保存してください。", ten, { maxWidth: 80, maxLines: 3, language: "ja" });
  expect(japanese.join("")).toBe("先に作業を保存してください。");
  expect(japanese.every((line) => ten(line) <= 80 && !line.startsWith("。"))).toBe(true);
  const french = wrapText("voir votre écran ?", ten, { maxWidth: 160, maxLines: 3, language: "fr" });
  expect(french).toEqual(["voir votre", "écran ?"]);
});

test("no line is wider than asked, whatever the text", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const letters = Array.from({ length: seed % 90 }, (_, at) =>
      String.fromCodePoint([0x20, 0x41, 0x3002, 0x3042, 0x1f600, 0xbf, 0x2e][(seed * 31 + at * at * 7) % 7]!),
    );
    const lines = wrapText(letters.join(""), ten, { maxWidth: 70, maxLines: 4, language: "ja" });
    expect(lines.length).toBeLessThanOrEqual(4);
    for (const line of lines) expect(ten(line)).toBeLessThanOrEqual(70);
  }
});
