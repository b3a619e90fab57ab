import { expect, test } from "bun:test";
import { readWrittenTime, writtenTime } from "./written-time.ts";

test("a time inside a sentence is read as it was written, to the second; nothing else is one", () => {
  expect(writtenTime("2026-11-21T14:03:07.250Z")).toBe("2026-11-21 14:03:07 UTC");
  expect(readWrittenTime("2026-11-21 14:03:07 UTC")).toBe("2026-11-21T14:03:07Z");
  for (const other of ["", "2026-11-21", "at 2026-11-21 14:03:07 UTC", "2026-13-41 14:03:07 UTC", "nas-b"])
    expect(readWrittenTime(other)).toBeNull();
});
