import { expect, test } from "bun:test";
import { keyMakerProblem, keyMakersOf, linesOf } from "./key-makers.ts";

const [begin, end] = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"];

test("certificates of makers of keys are lines of a field, and come back as they were", () => {
  const two = [`${begin}\nAAAA\nBBBB\n${end}`, `${begin}\nCCCC\n${end}`];
  expect(keyMakersOf(linesOf(two))).toEqual(two);
  expect(keyMakersOf(linesOf(null))).toBeNull();
  expect(keyMakersOf([begin, "AAAA"])).toEqual([`${begin}\nAAAA`]);
});

test("a line that belongs to no certificate is told", () => {
  expect([begin, end, "AA+/9=="].map(keyMakerProblem)).toEqual(["", "", ""]);
  expect(keyMakerProblem("Subject: CN=Blue")).toContain("Subject: CN=Blue");
});
