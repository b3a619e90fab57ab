import { expect, test } from "bun:test";
import { codeProblem } from "./console-code.ts";

test("a code from the console may be typed with its hyphen, spaces and small letters", () => {
  for (const text of ["K7MP-3XQ9", "k7mp3xq9", " k7mp 3xq9 "]) expect(codeProblem(text)).toBe("");
  expect(codeProblem("")).toBe("Type the code from the console.");
  expect(codeProblem("K7MP-3XQ")).toBe("The code has eight letters and digits.");
  expect(codeProblem("K7MP_3XQ9")).toBe("The code has eight letters and digits.");
});
