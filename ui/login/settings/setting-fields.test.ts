import { expect, test } from "bun:test";
import { Settings } from "../../../protocol/api/administration.ts";
import { changedSettings, changesInWords, settingFields } from "./setting-fields.ts";

const saved: Settings = {
  siteName: "Northmoor Council",
  hostname: "help.northmoor.example",
  isConsoleEnabled: true,
  language: "en",
  statisticsIntervalSeconds: 60,
};

test("every setting of the API has its field and says what it does", () => {
  expect(Object.keys(settingFields).sort()).toEqual(Object.keys(Settings.properties).sort());
  for (const field of Object.values(settingFields)) expect(field.help).toEndWith(".");
});

test("only what differs is sent, and it is told with what was before", () => {
  const change = changedSettings(saved, {
    ...saved,
    siteName: "Northmoor",
    isConsoleEnabled: false,
    statisticsIntervalSeconds: 9,
  });
  expect(change).toEqual({ siteName: "Northmoor", isConsoleEnabled: false, statisticsIntervalSeconds: 9 });
  expect(changesInWords(saved, change)).toEqual([
    "Site name: “Northmoor”, was “Northmoor Council”",
    "Allow the web representative console: off, was on",
    "Jump Clients send statistics every: 9 seconds, was 60 seconds",
  ]);
  expect(changesInWords(saved, { language: "ja" })).toEqual(["Language of messages: 日本語, was English"]);
  expect(changedSettings(saved, { ...saved })).toEqual({});
});
