import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { JumpItemQuery } from "../../../protocol/api/console.ts";
import { type ListChoice, nextSort, placeKey, queryFor, searchParamsFor, whatHides } from "./jump-item-list.ts";

const choice: ListChoice = {
  place: { kind: "all" },
  search: "",
  status: null,
  sort: "name",
  isDescending: false,
};

test("JUMP-05 a Jump Group and a tag in it narrow the list to what stands there", () => {
  const jumpGroup = "AAAAAAAAAAAAAAAAAAAAAA";
  expect(queryFor({ ...choice, place: { kind: "group", jumpGroup, tag: null } })).toEqual({
    jumpGroup,
    sort: "name",
    descending: false,
  });
  expect(queryFor({ ...choice, place: { kind: "group", jumpGroup, tag: "front-desk" } })).toMatchObject({
    jumpGroup,
    tag: "front-desk",
  });
  expect(queryFor({ ...choice, place: { kind: "frequent" } })).toMatchObject({ frequent: true });
});

test("every query one can choose fits the wire's schema", () => {
  const jumpGroup = "AAAAAAAAAAAAAAAAAAAAAA";
  for (const place of [{ kind: "all" }, { kind: "frequent" }, { kind: "group", jumpGroup, tag: "x" }] as const)
    for (const search of ["", "  a  b ", "x".repeat(900), "ünï ✓ 10.0.0.1"])
      for (const status of [null, "online", "offline", "in-session"] as const)
        expect(Value.Check(JumpItemQuery, queryFor({ ...choice, place, search, status }))).toBe(true);
});

test("search words are trimmed and spaces count once", () => {
  expect(queryFor({ ...choice, search: "  harbour \t desk " }).search).toBe("harbour desk");
  expect(queryFor({ ...choice, search: "   " })).not.toHaveProperty("search");
});

test("the address carries what is chosen and nothing else", () => {
  const parameters = searchParamsFor(queryFor({ ...choice, search: "a&b=c", isDescending: true }));
  expect(parameters.toString()).toBe("search=a%26b%3Dc&sort=name&descending=true");
});

test("JUMP-16 the same column again turns the order round, another begins as people expect it", () => {
  expect(nextSort(choice, "name")).toEqual({ sort: "name", isDescending: true });
  expect(nextSort(choice, "comments")).toEqual({ sort: "comments", isDescending: false });
  expect(nextSort(choice, "lastAccessed")).toEqual({ sort: "lastAccessed", isDescending: true });
});

test("an empty list says what hides its rows, and how many", () => {
  expect(whatHides(choice, 0)).toBeNull();
  expect(whatHides({ search: "zz", status: null }, 1)).toBe("The search “zz” hides 1 Jump Item.");
  expect(whatHides({ search: "", status: "online" }, 24_118)).toBe("The filter “Online” hides 24,118 Jump Items.");
  expect(whatHides({ search: "zz", status: "offline" }, 2)).toBe(
    "The search “zz” and the filter “Offline” hide 2 Jump Items.",
  );
});

test("places are told apart by group and tag", () => {
  const keys = [
    placeKey({ kind: "all" }),
    placeKey({ kind: "frequent" }),
    placeKey({ kind: "group", jumpGroup: "g", tag: null }),
    placeKey({ kind: "group", jumpGroup: "g", tag: "t" }),
    placeKey({ kind: "group", jumpGroup: "t", tag: null }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
