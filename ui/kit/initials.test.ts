import { expect, test } from "bun:test";
import { hueOf, initialsOf } from "./initials.ts";

test.each([
  ["Ines Duarte", "ID"],
  ["break-glass", "BG"],
  ["mholt", "MH"],
  ["Ana Maria de Souza", "AS"],
  ["李", "李"],
  ["  ", "?"],
])("of %p an avatar shows %p", (name, letters) => {
  expect(initialsOf(name)).toBe(letters);
});

test("a name has the same tone each time", () => {
  expect(hueOf("Grace Mbeki")).toBe(hueOf("Grace Mbeki"));
  for (const name of ["", "a", "Tomasz Wilk", "😀"]) expect([1, 2, 3, 4]).toContain(hueOf(name));
});
