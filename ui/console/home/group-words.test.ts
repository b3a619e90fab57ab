import { expect, test } from "bun:test";
import { groupLabel } from "./group-words.ts";

test("a personal list is called after its owner, and one's own so", () => {
  const group = { id: "g", name: "Finance", total: 1, tags: [] };
  expect(groupLabel(group, "ines")).toBe("Finance");
  const list = { ...group, name: "", owner: { id: "grace", name: "Grace Mbeki" } };
  expect(groupLabel(list, "ines")).toBe("Personal list of Grace Mbeki");
  expect(groupLabel(list, "grace")).toBe("My personal list");
});
