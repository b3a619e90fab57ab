import { expect, test } from "bun:test";
import { languageCodes } from "../../protocol/languages.ts";
import { measureAt } from "../test/measured-letters.ts";
import { buttonAt, layOutQuestion, layOutSilence, questionPlace } from "./question-layout.ts";
import { questionSentences, questionWords } from "./words/question-sentences.ts";

test("every question fits its window in every language, whole, whoever asks, at any scale", () => {
  for (const scale of [1, 1.5, 2])
    for (const language of languageCodes)
      for (const permission of Object.keys(questionWords[language].wishes)) {
        const asked = { siteName: "N".repeat(60), representative: "Wilhelmina ".repeat(9), wish: "", permission };
        const sentences = questionSentences(asked, language);
        const options = { measure: measureAt(scale), language, scale };
        const layout = layOutQuestion(sentences, options);
        const silence = layOutSilence(sentences.silence(300), layout, options);
        for (const { text, style, x, baseline } of [...layout.lines, ...silence]) {
          expect(x + measureAt(scale)(text, style)).toBeLessThanOrEqual(layout.width - 28 * scale + 1);
          expect(baseline).toBeLessThan(layout.height);
        }
        const shown = layout.lines.map(({ text }) => text.replaceAll(/\s/gu, "")).join("");
        for (const sentence of [sentences.question, sentences.meaning, sentences.howItEnds])
          expect(shown).toContain(sentence.replaceAll(/\s/gu, ""));
        expect(silence.every(({ text }) => !text.includes("…"))).toBe(true);
        expect(layout.lines.at(-1)!.baseline).toBeLessThan(layout.buttons.deny.y);
      }
});

test("a place belongs to the button it is in, and both are equally large", () => {
  const sentences = questionSentences({ siteName: "N", representative: "Rosa", wish: "x" }, "en");
  const layout = layOutQuestion(sentences, { measure: measureAt(1), language: "en", scale: 1 });
  const { deny, allow } = layout.buttons;
  expect([deny.width, deny.height]).toEqual([allow.width, allow.height]);
  expect(buttonAt(layout, deny.x, deny.y)).toBe("deny");
  expect(buttonAt(layout, allow.x + allow.width - 1, allow.y + allow.height - 1)).toBe("allow");
  expect(buttonAt(layout, allow.x - 1, allow.y)).toBe(null);
  expect(buttonAt(layout, allow.x, allow.y + allow.height)).toBe(null);
});

test("the window stands on its monitor, also on one it is too large for", () => {
  const size = { width: 560, height: 320 };
  expect(questionPlace({ x: 1920, y: 0, width: 1280, height: 800 }, size)).toEqual({ x: 2280, y: 160, ...size });
  expect(questionPlace({ x: 0, y: 100, width: 320, height: 200 }, size)).toEqual({ x: 0, y: 100, ...size });
});
