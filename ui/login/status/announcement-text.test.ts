import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { NewAnnouncement } from "../../../protocol/api/announcements.ts";
import { announcementText } from "./announcement-text.ts";

test("what is pasted from anywhere becomes text that may be said, with its lines and its signs", () => {
  expect(announcementText("  One\r\nTwo\rThree\n\n\tFour \u202e\u0007\n")).toBe("One\nTwo\nThree\n\n Four");
  expect(announcementText(`<b>"it's" & $ \\ 日本</b>`)).toBe(`<b>"it's" & $ \\ 日本</b>`);
  expect(announcementText("One\u2028Two\u2029Three\u0085Four\u009b")).toBe("One\nTwo\nThree\nFour");
  expect(announcementText(" \t\r\n ")).toBe("");
  for (let code = 0; code < 0x3000; code += 1) {
    const text = announcementText(`a${String.fromCharCode(code)}b`);
    expect({ code, isTaken: Value.Check(NewAnnouncement, { text, minutes: 15 }) }).toEqual({ code, isTaken: true });
  }
});
