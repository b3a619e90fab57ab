import { expect, test } from "bun:test";
import { keepPutAway, PUT_AWAY_KEY, putAwayIn } from "./put-away.ts";

const holding = (text: string | null) => ({ getItem: () => text });

test("what was put away is there again, and nothing else that stands in its place", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  };
  expect([...putAwayIn(storage)]).toEqual([]);
  keepPutAway(storage, new Set(["one", "two"]));
  expect([...putAwayIn(storage)]).toEqual(["one", "two"]);
  expect([...kept.keys()]).toEqual([PUT_AWAY_KEY]);
  for (const odd of ["", "{", "null", '"one"', '{"one":1}', "7"]) expect([...putAwayIn(holding(odd))]).toEqual([]);
  expect([...putAwayIn(holding('["one",2,null]'))]).toEqual(["one"]);
});

test("a browser that keeps nothing stops nobody, another mistake is not hidden", () => {
  const failing = (error: Error) => ({
    setItem: () => {
      throw error;
    },
  });
  keepPutAway(failing(new DOMException("full", "QuotaExceededError")), new Set(["one"]));
  expect(() => keepPutAway(failing(new TypeError("x")), new Set(["one"]))).toThrow(TypeError);
});
