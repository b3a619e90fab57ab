import { expect, test } from "bun:test";
import { blocksOf, cursorAfter, scrollTopFor, visibleRows } from "./table-window.ts";

const view = { heightPx: 320, rowHeightPx: 32, total: 25_000, overscan: 2 };

test("only the rows in sight and a few more are rendered, wherever one is", () => {
  expect(visibleRows({ ...view, scrollTopPx: 0 })).toEqual({ from: 0, to: 12 });
  expect(visibleRows({ ...view, scrollTopPx: 32_000 })).toEqual({ from: 998, to: 1012 });
  expect(visibleRows({ ...view, scrollTopPx: 25_000 * 32 - 320 })).toEqual({ from: 24_988, to: 25_000 });
});

test("a place beyond the end, before the start or in an empty table renders nothing impossible", () => {
  expect(visibleRows({ ...view, scrollTopPx: -50 })).toEqual({ from: 0, to: 12 });
  expect(visibleRows({ ...view, scrollTopPx: 32_000, total: 5 })).toEqual({ from: 5, to: 5 });
  expect(visibleRows({ ...view, scrollTopPx: 0, total: 0 })).toEqual({ from: 0, to: 0 });
});

test("every one of 25,000 rows is reached by scrolling", () => {
  const seen = new Set<number>();
  for (let scrollTopPx = 0; scrollTopPx < view.total * 32; scrollTopPx += 320) {
    const { from, to } = visibleRows({ ...view, scrollTopPx, overscan: 0 });
    for (let index = from; index < to; index++) seen.add(index);
  }
  expect(seen.size).toBe(view.total);
});

test("a row out of sight is brought just into sight, one in sight stays", () => {
  const place = { scrollTopPx: 640, heightPx: 350, rowHeightPx: 32, headerPx: 30 };
  expect(scrollTopFor(5, place)).toBe(160);
  expect(scrollTopFor(25, place)).toBe(640);
  expect(scrollTopFor(40, place)).toBe(41 * 32 - 320);
});

test("a range touches its blocks and no more", () => {
  expect(blocksOf({ from: 0, to: 100 }, 100)).toEqual([0]);
  expect(blocksOf({ from: 99, to: 201 }, 100)).toEqual([0, 1, 2]);
  expect(blocksOf({ from: 7, to: 7 }, 100)).toEqual([]);
});

test("the cursor moves by row, page and end, and stops at both ends", () => {
  expect(cursorAfter("ArrowDown", -1, 10, 5)).toBe(0);
  expect(cursorAfter("ArrowUp", -1, 10, 5)).toBe(9);
  expect(cursorAfter("ArrowUp", 0, 10, 5)).toBe(0);
  expect(cursorAfter("PageDown", 2, 10, 5)).toBe(7);
  expect(cursorAfter("PageDown", 8, 10, 5)).toBe(9);
  expect(cursorAfter("End", 0, 10, 5)).toBe(9);
  expect(cursorAfter("x", 0, 10, 5)).toBeNull();
  expect(cursorAfter("ArrowDown", 0, 0, 5)).toBeNull();
});
