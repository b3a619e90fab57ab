import { expect, test } from "bun:test";
import { readTable, refreshed, writeTable } from "./capability-table.ts";
import { idsIn, titlesIn } from "./title-ids.ts";

test("the ids of a title are found, and words that only look like ids are not", () => {
  expect(idsIn("FILE-17 BETTER-09: an uploaded file arrives whole (SHA-256)")).toEqual(["FILE-17", "BETTER-09"]);
  expect(idsIn("NA7, B12 and LOGIN-01 stand; UTF-16 and a JC-1 do not")).toEqual(["NA7", "B12", "LOGIN-01"]);
});

test("titles are read from calls of every shape", () => {
  const text =
    'test("NA1 a", f);\ntest.each([1, 2])(\n  `CMD-01 b %d`, f);\nit(\'CMD-02 it\\\'s c\', f);\nconst a = latest("CMD-05");';
  expect(titlesIn("a.test.ts", text).map(({ line, ids }) => [line, ...ids])).toEqual([
    [1, "NA1"],
    [2, "CMD-01"],
    [4, "CMD-02"],
  ]);
});

test("words by hand are kept, proofs are found anew, and an id nobody speaks of has no row", () => {
  const rows = [
    { id: "FILE-01", capability: 'Files, "both ways"', provedBy: ["old.test.ts"], platforms: "Linux x64, Linux arm64" },
    { id: "FILE-02", capability: "Alone", provedBy: ["gone.test.ts"], platforms: "Linux x64" },
  ];
  const titles = [
    { path: "b.test.ts", line: 1, title: "", ids: ["FILE-01", "FILE-03"] },
    { path: "a.test.ts", line: 1, title: "", ids: ["FILE-01"] },
  ];
  const table = refreshed(readTable(writeTable(rows)), ["FILE-01", "FILE-02", "FILE-03", "FILE-04"], titles);
  expect(table).toEqual([
    { ...rows[0]!, provedBy: ["a.test.ts", "b.test.ts"] },
    { id: "FILE-02", capability: "Alone", provedBy: [], platforms: "" },
    { id: "FILE-03", capability: "", provedBy: ["b.test.ts"], platforms: "Linux x64" },
  ]);
});
