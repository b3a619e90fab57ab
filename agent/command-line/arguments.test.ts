import { expect, test } from "bun:test";
import { parseOptions } from "./arguments.ts";

test("JC-06 options are read with a blank or an equals sign", () => {
  const options = parseOptions(["--installer", "a b.json", "--directory=/opt/x=y"], ["installer", "directory"]);
  expect([...options]).toEqual([
    ["installer", "a b.json"],
    ["directory", "/opt/x=y"],
  ]);
});

test("what is not understood is said, not guessed", () => {
  const known = ["installer"];
  expect(() => parseOptions(["--instaler", "x"], known)).toThrow("means nothing");
  expect(() => parseOptions(["x"], known)).toThrow("It takes --installer.");
  expect(() => parseOptions(["--installer"], known)).toThrow("needs a value");
  expect(() => parseOptions(["--installer", "a", "--installer", "b"], known)).toThrow("given twice");
  expect(() => parseOptions(["-v"], [])).toThrow("It takes no options.");
});
