import { expect, test } from "bun:test";
import { snapshotInWords } from "./snapshot-words.ts";

test("headings that are known are said, values and anything else stay as they came", () => {
  const sections = [
    { title: "System", columns: ["", ""], rows: [["Host name", "Memory"]] },
    { title: "Of a later agent", columns: ["Name", "constructor"], rows: [["Name", "1"]] },
  ];
  expect(snapshotInWords({ takenAt: "2026-11-21T06:00:00Z", sections })).toEqual({
    takenAt: "2026-11-21T06:00:00Z",
    sections,
  });
});
