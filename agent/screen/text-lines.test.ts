import { expect, test } from "bun:test";
import { cutIntoLines } from "./text-lines.ts";

/** A box drawn with one digit a pixel. */
const box = (...rows: readonly string[]) => ({
  width: rows[0]!.length,
  height: rows.length,
  indexes: Uint8Array.from([...rows.join("")], Number),
});

test("a box is cut at its blank rows, and each line is trimmed", () => {
  expect(cutIntoLines(box("0000", "0110", "0200", "0000", "0000", "0003"))).toEqual({
    blank: 0,
    lines: [
      { x: 1, y: 1, width: 2, height: 2 },
      { x: 3, y: 5, width: 1, height: 1 },
    ],
  });
});

test("a box of one colour has no lines, one without a blank row is a single one", () => {
  expect(cutIntoLines(box("55", "55"))).toEqual({ blank: 5, lines: [] });
  expect(cutIntoLines(box("01", "10"))).toEqual({ blank: null, lines: [{ x: 0, y: 0, width: 2, height: 2 }] });
});

test("a row of another single colour is no blank one", () => {
  expect(cutIntoLines(box("00", "77", "00"))).toEqual({ blank: 0, lines: [{ x: 0, y: 1, width: 2, height: 1 }] });
});
