import { expect, test } from "bun:test";
import { countReport } from "./suite.ts";

test("a report's totals are read, and none are zero", () => {
  const xml = '<?xml version="1.0"?>\n<testsuites name="bun test" tests="12" assertions="30" failures="2" skipped="1">';
  expect(countReport(xml)).toEqual({ passed: 9, failed: 2 });
  expect(countReport("")).toEqual({ passed: 0, failed: 0 });
});
