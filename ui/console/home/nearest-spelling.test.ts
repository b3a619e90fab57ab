import { expect, test } from "bun:test";
import { type AskJumpItems, nearestWord, piecesOf, spellingDistance, suggestSearch } from "./nearest-spelling.ts";

const names = ["harbour-desk-1", "harbour-desk-2", "library-till", "nmc-lib-0214"];
const asked: string[] = [];
const ask: AskJumpItems = (search) => {
  asked.push(search);
  const found = names.filter((name) => search.split(" ").every((word) => name.includes(word)));
  const rows = found.map((name) => ({ name, hostName: name, tag: "", jumpGroupName: "Branches" }));
  return Promise.resolve({ rows, total: found.length });
};

test("two letters swapped are one error, as are one too many, one missing and a wrong one", () => {
  expect(spellingDistance("harbuor", "harbour")).toBe(1);
  expect(spellingDistance("harbor", "harbour")).toBe(1);
  expect(spellingDistance("haarbour", "harbour")).toBe(1);
  expect(spellingDistance("hxrbour", "harbour")).toBe(1);
  expect(spellingDistance("", "abc")).toBe(3);
});

test("of a word with as many errors as are allowed, one piece is always right", () => {
  expect(piecesOf("harbuor")).toEqual(["ha", "rbu", "or"]);
  expect(piecesOf("till")).toEqual(["ti", "ll"]);
  expect(piecesOf("pc1")).toEqual([]);
});

test("the nearest word is taken, and none when all are far", () => {
  expect(nearestWord("libary", ["liberty", "library"])).toBe("library");
  expect(nearestWord("desk", ["till", "rack"])).toBeNull();
});

test("a search that finds nothing offers one that does, with few questions", async () => {
  asked.length = 0;
  expect(await suggestSearch("Harbuor", ask)).toEqual({ search: "harbour", total: 2 });
  expect(asked.length).toBeLessThanOrEqual(5);
  expect(await suggestSearch("desk harbuor", ask)).toEqual({ search: "desk harbour", total: 2 });
  expect(await suggestSearch("nmc-lib-0241", ask)).toEqual({ search: "nmc-lib-0214", total: 1 });
  expect(await suggestSearch("zzzzzz", ask)).toBeNull();
  expect(await suggestSearch("library desk", ask)).toBeNull();
});
