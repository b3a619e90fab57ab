import { expect, test } from "bun:test";
import { clampWidth, freshMemory, type HomeMemory, keep, parseMemory, railWidth, recall } from "./home-memory.ts";

const jumpGroup = "AAAAAAAAAAAAAAAAAAAAAA";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test("what is kept is found again", () => {
  const memory: HomeMemory = {
    place: { kind: "group", jumpGroup, tag: "front-desk" },
    current: "BBBBBBBBBBBBBBBBBBBBBB",
    railPx: 300,
    detailPx: 400,
    isRailShown: false,
    isDetailShown: true,
    columns: ["status", "name", "comments"],
    sort: "comments",
    isDescending: true,
  };
  const browser = storage();
  keep(browser, memory);
  expect(recall(browser)).toEqual(memory);
});

test("what does not read as it was written counts as never kept", () => {
  for (const text of [
    null,
    "",
    "{",
    "null",
    "7",
    "[]",
    '"x"',
    '{"place":7,"railPx":"wide","columns":7,"sort":"drop table"}',
  ])
    expect(parseMemory(text)).toEqual(freshMemory);
  expect(parseMemory('{"place":{"kind":"group","jumpGroup":"../x"},"current":"<b>"}')).toEqual(freshMemory);
});

test("panels stay within their widths", () => {
  expect(parseMemory('{"railPx":9,"detailPx":9999}')).toMatchObject({ railPx: 180, detailPx: 480 });
  expect(clampWidth(200.4, railWidth)).toBe(200);
});

test("a browser that keeps nothing stops nothing", () => {
  const full = {
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  expect(() => keep(full, freshMemory)).not.toThrow();
});
