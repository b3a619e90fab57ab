import { expect, test } from "bun:test";
import { nothingSelected, rangeFromAnchor, selectOnly, selectRange, toggleRow } from "./table-selection.ts";

test("a row is selected alone, added and taken away, and no value is changed in place", () => {
  const one = selectOnly("a", 0);
  const two = toggleRow(one, "c", 2);
  expect([...two.ids]).toEqual(["a", "c"]);
  expect([...toggleRow(two, "a", 0).ids]).toEqual(["c"]);
  expect([...one.ids]).toEqual(["a"]);
  expect(nothingSelected.ids.size).toBe(0);
});

test("Shift extends from the anchor in both directions, again and again", () => {
  const start = selectOnly("e", 4);
  expect(rangeFromAnchor(start, 4, 6)).toEqual({ from: 4, to: 7 });
  const down = selectRange(start, ["e", "f", "g"], 4);
  expect(rangeFromAnchor(down, 6, 2)).toEqual({ from: 2, to: 5 });
  expect(down.anchor).toBe(4);
});

test("without an anchor the row under the cursor is it", () => {
  expect(rangeFromAnchor(nothingSelected, 3, 5)).toEqual({ from: 3, to: 6 });
  expect(selectRange(nothingSelected, ["x"], 3).anchor).toBe(3);
});
