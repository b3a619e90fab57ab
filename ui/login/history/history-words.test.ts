import { expect, test } from "bun:test";
import { detailSentences } from "./history-words.ts";

test("a change is told with what it was, settings by their names", () => {
  const detail = {
    description: { before: "", after: "First line" },
    settings: {
      "console.use": { before: { value: true, isFinal: false }, after: { value: true, isFinal: true } },
      "session.join": { before: null, after: true },
      "gone.long-ago": { before: 1, after: 2 },
    },
  };
  expect(detailSentences(detail, null)).toEqual([
    "Description: First line, was none",
    "Use the console: Allowed (final), was Allowed",
    "Join sessions: Allowed, was Not set",
    "gone.long-ago: Before: 1; After: 2",
  ]);
});

test("who came and who went is told by name", () => {
  const members = { set: { Ada: "lead" }, setCount: 1, removed: ["Bo"], removedCount: 1 };
  expect(detailSentences({ members }, null)).toEqual(["Members: Set Ada; Removed Bo"]);
  expect(detailSentences({ format: "csv" }, null)).toEqual(["Format: CSV"]);
});
