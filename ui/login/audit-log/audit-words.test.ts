import { expect, test } from "bun:test";
import { actionInWords, actorInWords, detailKey, detailValue, outcomeInWords } from "./audit-words.ts";

test("actions, outcomes and actors are told in words, unknown ones as they are", () => {
  expect(actionInWords("installer.created")).toBe("Created an installer");
  expect(actionInWords("of.tomorrow")).toBe("of.tomorrow");
  expect(outcomeInWords("denied")).toBe("Denied");
  expect(actorInWords({ actorKind: "system", actorName: "" })).toBe("Causeway");
  expect(actorInWords({ actorKind: "nobody", actorName: "" })).toBe("Nobody signed in");
  expect(actorInWords({ actorKind: "nobody", actorName: "mallory" })).toBe("mallory");
});

test("details read as a line", () => {
  expect(detailKey("maxUses")).toBe("Max uses");
  expect(detailValue(null)).toBe("none");
  expect(detailValue({ a: 1 })).toBe('{"a":1}');
  expect(detailValue(0)).toBe("0");
});
