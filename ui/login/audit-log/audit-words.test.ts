import { expect, test } from "bun:test";
import { actionInWords, actorInWords, outcomeInWords } from "./audit-words.ts";

test("actions, outcomes and actors are told in words, unknown ones as they are", () => {
  expect(actionInWords("installer.created")).toBe("Created an installer");
  expect(actionInWords("of.tomorrow")).toBe("of.tomorrow");
  expect(outcomeInWords("denied")).toBe("Denied");
  expect(actorInWords({ actorKind: "system", actorName: "" })).toBe("Causeway");
  expect(actorInWords({ actorKind: "nobody", actorName: "" })).toBe("Nobody signed in");
  expect(actorInWords({ actorKind: "nobody", actorName: "mallory" })).toBe("mallory");
});
