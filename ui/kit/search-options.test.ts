import { expect, test } from "bun:test";
import { MAX_SHOWN_OPTIONS, searchOptions } from "./search-options.ts";

test("options are found by all words, in label and detail, beginnings first, never more than fit", () => {
  const options = [
    { value: "1", label: "Berlin office" },
    { value: "2", label: "Office printers", detail: "Berlin" },
    { value: "3", label: "Servers" },
  ];
  expect(searchOptions(options, "office").map(({ value }) => value)).toEqual(["2", "1"]);
  expect(searchOptions(options, "BERLIN off").map(({ value }) => value)).toEqual(["1", "2"]);
  expect(searchOptions(options, "nowhere")).toEqual([]);
  const many = Array.from({ length: 500 }, (_, index) => ({ value: String(index), label: `Option ${index}` }));
  expect(searchOptions(many, "")).toHaveLength(MAX_SHOWN_OPTIONS);
});
