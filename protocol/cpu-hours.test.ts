import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { CpuHours, decodeCpuHours, encodeCpuHours, NO_WORD } from "./cpu-hours.ts";

test("a day comes back as it was told, with its gaps", () => {
  const percents = Uint8Array.from({ length: 24 }, (_, hour) => (hour % 5 === 0 ? NO_WORD : hour * 4));
  const text = encodeCpuHours(percents);
  expect(Value.Check(CpuHours, text)).toBe(true);
  expect(decodeCpuHours(text)).toEqual(Array.from(percents, (percent) => (percent === NO_WORD ? null : percent)));
});

test("the letters are these", () => {
  const percents = Uint8Array.from([NO_WORD, 0, 1, 99, 100, ...Array.from({ length: 19 }, () => 50)]);
  expect(encodeCpuHours(percents)).toBe("/wABY2QyMjIyMjIyMjIyMjIyMjIyMjIy");
});

test("whatever is decoded gives 24 percents or gaps", () => {
  const texts = [
    "",
    "A",
    "=".repeat(32),
    "/".repeat(32),
    "ZQAA".repeat(8),
    "é".repeat(32),
    "A".repeat(31),
    "A".repeat(33),
  ];
  const letters = "ABCDZabcz019+/=-_ \u0000€";
  for (let round = 0; round < 2000; round += 1)
    texts.push(Array.from({ length: 32 }, () => letters[Math.floor(Math.random() * letters.length)]).join(""));
  for (const text of texts) {
    const hours = decodeCpuHours(text);
    expect(hours).toHaveLength(24);
    expect(hours.every((percent) => percent === null || (percent >= 0 && percent <= 100))).toBe(true);
  }
});
