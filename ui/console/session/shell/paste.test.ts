import { expect, test } from "bun:test";
import { measurePaste } from "./paste.ts";

test("BG-18 a paste is measured as the shell gets it", () => {
  expect(measurePaste("one")).toMatchObject({ byteCount: 3, lineCount: 1 });
  expect(measurePaste("one\ntwo\n")).toMatchObject({ byteCount: 8, lineCount: 2 });
  expect(measurePaste("ä\r\n\r\nö")).toMatchObject({ byteCount: 8, lineCount: 3 });
});
