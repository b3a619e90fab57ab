import { expect, test } from "bun:test";
import { joinSentences } from "./sentences.ts";

test("sentences follow each other with a space, those of Japanese without one", () => {
  expect(joinSentences(["In step.", "", "There was no drill yet."])).toBe("In step. There was no drill yet.");
  expect(joinSentences(["同期済み。", "前回の訓練。"])).toBe("同期済み。前回の訓練。");
  expect(joinSentences(["", "One."])).toBe("One.");
  expect(joinSentences([])).toBe("");
});
