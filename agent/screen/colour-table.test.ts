import { expect, test } from "bun:test";
import { MAX_TABLE_COLOURS } from "../../protocol/screen.ts";
import { ColourTable } from "./colour-table.ts";

test("a colour keeps its place, and only new ones are told", () => {
  const table = new ColourTable();
  expect(table.placesFor(Uint32Array.of(0x10, 0x20))).toEqual({
    places: Uint8Array.of(0, 1),
    first: 0,
    added: [0x10, 0x20],
  });
  expect(table.placesFor(Uint32Array.of(0x30, 0x20))).toEqual({ places: Uint8Array.of(2, 1), first: 2, added: [0x30] });
  expect(table.clone().placesFor(Uint32Array.of(0x20))).toEqual({ places: Uint8Array.of(1), first: 3, added: [] });
});

test("a table without room for a box starts over with the box's colours", () => {
  const table = new ColourTable();
  table.placesFor(Uint32Array.from({ length: MAX_TABLE_COLOURS - 1 }, (_, index) => index));
  const { places, first, added } = table.placesFor(Uint32Array.of(5, 1000, 1001));
  expect([[...places], first, added]).toEqual([[0, 1, 2], 0, [5, 1000, 1001]]);
});
