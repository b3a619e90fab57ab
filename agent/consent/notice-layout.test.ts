import { expect, test } from "bun:test";
import { languageCodes } from "../../protocol/languages.ts";
import { measureAt } from "../test/measured-letters.ts";
import { isOnStop, keptOn, layOutNotice, noticePlace } from "./notice-layout.ts";
import { noticeSentences } from "./words/notice-sentences.ts";

test("the notice says in every language who is connected, whole, beside its button, at any scale", () => {
  const names = [["Rosa"], ["Wilhelmina ".repeat(9)], ["Rosa", "Tom"]];
  for (const scale of [1, 1.5, 2])
    for (const language of languageCodes)
      for (const representatives of names) {
        const sentences = noticeSentences({ siteName: "N".repeat(60), representatives, language }, language);
        const layout = layOutNotice(sentences, { measure: measureAt(scale), language, scale });
        for (const { text, style, x, baseline } of layout.lines) {
          expect(x + measureAt(scale)(text, style)).toBeLessThanOrEqual(layout.stop.x);
          expect(baseline).toBeLessThan(layout.height);
        }
        const shown = layout.lines.map(({ text }) => text.replaceAll(/\s/gu, "")).join("");
        for (const sentence of [sentences.connected, sentences.keys])
          expect(shown).toContain(sentence.replaceAll(/\s/gu, ""));
        expect(measureAt(scale)(sentences.stop, "strong")).toBeLessThan(layout.stop.width);
        expect(layout.stop.y + layout.stop.height).toBeLessThan(layout.height);
        expect(isOnStop(layout, layout.stop.x, layout.stop.y)).toBe(true);
        expect(isOnStop(layout, layout.stop.x - 1, layout.stop.y)).toBe(false);
      }
});

test("no two languages say the same, and one is not told of as of several", () => {
  const said = (representatives: string[]) =>
    languageCodes.map((code) => noticeSentences({ siteName: "N", representatives, language: code }, code).connected);
  expect(new Set(said(["Rosa"])).size).toBe(languageCodes.length);
  expect(said(["Rosa", "Tom"])[0]).toBe("Rosa and Tom are connected");
  expect(said(["Rosa\u202e\nevil"])[0]).toBe("Rosa evil is connected");
});

test("it stands at the lower right of its monitor, and stays whole on it wherever it is put", () => {
  const monitor = { x: 1920, y: 0, width: 1280, height: 800 };
  const place = noticePlace(monitor, { width: 420, height: 100 }, 1);
  expect(place).toEqual({ x: 2764, y: 644, width: 420, height: 100 });
  expect(keptOn(monitor, { ...place, x: 5000, y: -10 })).toMatchObject({ x: 2780, y: 0 });
  expect(keptOn({ x: 0, y: 0, width: 320, height: 80 }, place)).toMatchObject({ x: 0, y: 0 });
});
