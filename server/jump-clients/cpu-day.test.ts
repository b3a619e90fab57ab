import { expect, test } from "bun:test";
import { decodeCpuHours } from "../../protocol/cpu-hours.ts";
import { hourOf, hoursUntil, withWord } from "./cpu-day.ts";

const HOUR = 491_000;
const gaps = (count: number): null[] => Array.from({ length: count }, () => null);
/** The 24 hours up to one of them, after these words of hour and percent. */
function shown(words: readonly (readonly [hour: number, percent: number])[], until: number): (number | null)[] {
  let kept: Uint8Array | null = null;
  for (const [hour, percent] of words) kept = withWord(kept, { hour, percent });
  const text = hoursUntil(kept, until);
  return text === null ? gaps(24) : decodeCpuHours(text);
}

test("the first word is the first hour, and hours before it are gaps", () => {
  expect(shown([[HOUR, 12.4]], HOUR)).toEqual([...gaps(23), 12]);
  expect(hoursUntil(null, HOUR)).toBeNull();
});

test("an hour is the mean of its words, however many and however small", () => {
  expect(
    shown(
      [10, 20, 60].map((percent) => [HOUR, percent]),
      HOUR,
    ).at(-1),
  ).toBe(30);
  const idle = Array.from({ length: 720 }, (_, at) => [HOUR, at % 2 === 0 ? 0.4 : 1.8] as const);
  expect(shown(idle, HOUR).at(-1)).toBe(1);
  const busy = Array.from({ length: 720 }, () => [HOUR, 100] as const);
  expect(shown(busy, HOUR).at(-1)).toBe(100);
});

test("hours move on, and those without a word stay gaps", () => {
  const words = [
    [HOUR, 5],
    [HOUR + 1, 50],
    [HOUR + 4, 80],
  ] as const;
  expect(shown(words, HOUR + 4)).toEqual([...gaps(19), 5, 50, null, null, 80]);
  expect(shown(words, HOUR + 6)).toEqual([...gaps(17), 5, 50, null, null, 80, null, null]);
  expect(shown(words, HOUR + 24)).toEqual([50, null, null, 80, ...gaps(20)]);
});

test("after more than a day without a word nothing is left, and the next word begins anew", () => {
  expect(shown([[HOUR, 70]], HOUR + 23)).toEqual([70, ...gaps(23)]);
  expect(shown([[HOUR, 70]], HOUR + 24)).toEqual(gaps(24));
  const back = [
    [HOUR, 70],
    [HOUR + 100_000, 3],
  ] as const;
  expect(shown(back, HOUR + 100_000)).toEqual([...gaps(23), 3]);
});

test("a clock that is set back drops what has not been yet and counts from there", () => {
  const words = [
    [HOUR, 10],
    [HOUR + 1, 20],
    [HOUR + 2, 30],
  ] as const;
  expect(shown(words, HOUR + 1)).toEqual([...gaps(22), 10, 20]);
  expect(shown([...words, [HOUR + 1, 90]], HOUR + 1)).toEqual([...gaps(22), 10, 90]);
  expect(shown([...words, [HOUR - 500, 40]], HOUR - 500)).toEqual([...gaps(23), 40]);
  // And forward again: what was heard since then is what is known.
  expect(shown([...words, [HOUR - 500, 40], [HOUR + 2, 60]], HOUR + 2)).toEqual([...gaps(23), 60]);
});

test("a flood of words ends the counting, not the figure", () => {
  let kept = withWord(null, { hour: HOUR, percent: 40 });
  new DataView(kept.buffer).setUint16(32, 65_535);
  new DataView(kept.buffer).setUint32(28, 65_535 * 400);
  kept = withWord(kept, { hour: HOUR, percent: 100 });
  expect(new DataView(kept.buffer).getUint16(32)).toBe(65_535);
  expect(kept[23]).toBe(40);
  expect(decodeCpuHours(hoursUntil(withWord(kept, { hour: HOUR + 1, percent: 9 }), HOUR + 1) ?? "").slice(-2)).toEqual([
    40, 9,
  ]);
});

test("a row keeps these bytes", () => {
  const kept = withWord(withWord(null, { hour: 0x0107_7df8, percent: 50 }), { hour: 0x0107_7df8, percent: 25.1 });
  const hours = [...Array.from({ length: 23 }, () => 255), 38];
  expect([...kept]).toEqual([...hours, 0x01, 0x07, 0x7d, 0xf8, 0, 0, 0x02, 0xef, 0, 2]);
});

test("bytes that are none of ours begin a day, and no bytes break it", () => {
  for (const length of [0, 1, 24, 33, 35, 4096]) expect(hoursUntil(new Uint8Array(length).fill(7), HOUR)).toBeNull();
  for (let round = 0; round < 2000; round += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(34));
    const hour = Math.floor(Math.random() * 2 ** 32);
    const after = withWord(bytes, { hour, percent: 30 });
    expect(after).toHaveLength(34);
    const hours = decodeCpuHours(hoursUntil(after, hour) ?? "");
    expect(hours.every((percent) => percent === null || percent <= 100)).toBe(true);
    expect(hours.at(-1)).not.toBeNull();
  }
});

test("an hour is counted from 1970, and a clock before that counts as its first", () => {
  expect(hourOf(new Date("2026-11-21T13:59:59.999Z"))).toBe(hourOf(new Date("2026-11-21T13:00:00Z")));
  expect(hourOf(new Date(-1))).toBe(0);
});
