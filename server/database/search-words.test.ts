import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { searchPatterns } from "./search-words.ts";

test("words are found in whatever case and script, and signs of patterns are signs", () => {
  using database = new Database(":memory:");
  const fits = (text: string, search: string): boolean =>
    searchPatterns(search).every(
      (pattern) =>
        database.query<{ fits: number }, [string, string]>("select ? glob ? as fits").get(text, pattern)!.fits === 1,
    );
  for (const [text, search] of [
    ["Özgür Žižka", "žiž özg"],
    ["Анна", "АНН"],
    ["李雷", "雷"],
    ["100% [a*b]?", "[A*B]? 100%"],
    ["Straße", "straße"],
    ["anything", "  "],
  ] as const)
    expect([search, fits(text, search)]).toEqual([search, true]);
  for (const [text, search] of [
    ["Özgür", "ozgur"],
    ["ab", "a*b*c"],
    ["x", "?x"],
    ["a", "[a-c]"],
  ] as const)
    expect([search, fits(text, search)]).toEqual([search, false]);
  expect(searchPatterns("a ".repeat(1000))).toHaveLength(16);
});
