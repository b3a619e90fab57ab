import { expect, test } from "bun:test";
import { rulesInWords } from "./password-rules-words.ts";

test("the rules of a password are read whole and said again, and other words stay", () => {
  for (const text of [
    "At least 12 characters. Without your user name.",
    "At least 12 characters. Without your user name. None of the last 4.",
    "At least 8 characters, with 3 of: small letters, capitals, digits, other characters. Without your user name.",
    "Anything you like.",
  ]) {
    expect(rulesInWords(text)).toBe(text);
  }
});
