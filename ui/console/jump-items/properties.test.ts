import { expect, test } from "bun:test";
import { changesOf, KEEP } from "./properties.ts";

const one = {
  name: "Desk 1",
  jumpGroup: "g1",
  tag: "front",
  comments: "",
  jumpPolicy: "p",
  presentPolicy: "",
  absentPolicy: "",
};

test("JUMP-22 only what was chosen is written; none is null", () => {
  expect(changesOf(one, { ...one })).toEqual({});
  expect(changesOf(one, { ...one, tag: "", jumpPolicy: "", name: " Desk 2 " })).toEqual({
    name: "Desk 2",
    tag: "",
    jumpPolicy: null,
  });
  const kept = { ...one, name: KEEP, jumpGroup: KEEP, tag: KEEP, comments: KEEP, jumpPolicy: KEEP };
  expect(changesOf(kept, { ...kept, jumpGroup: "personal" })).toEqual({ jumpGroup: "personal" });
});
