import { expect, test } from "bun:test";
import { placeUnder, reordered } from "./reorder.ts";

test("one thing moves and the others keep their order; past an end it stays at the end", () => {
  expect(reordered(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
  expect(reordered(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(reordered(["a", "b"], 0, 9)).toEqual(["b", "a"]);
  const same = ["a", "b"];
  expect(reordered(same, 1, 1)).toBe(same);
  expect(reordered(same, 7, 0)).toBe(same);
});

test("a dragged row takes the place of the row it is over", () => {
  expect(placeUnder(5, [10, 30, 50])).toBe(0);
  expect(placeUnder(29, [10, 30, 50])).toBe(1);
  expect(placeUnder(99, [10, 30, 50])).toBe(2);
});
