import { expect, test } from "bun:test";
import { accessedText, besideName, signedInText, statusOf } from "./row-words.ts";

const now = Date.parse("2026-11-21T14:00:00Z");

test("a status says since when it is offline, in one unit", () => {
  const offline = (statusSince: string) => statusOf({ status: "offline", statusSince }, now).word;
  expect(offline("2026-11-21T11:00:00Z")).toBe("Offline 3 h");
  expect(offline("2026-10-31T13:00:00Z")).toBe("Offline 21 d");
  expect(offline("2026-11-21T13:59:40Z")).toBe("Offline");
  expect(offline("never")).toBe("Offline");
  expect(statusOf({ status: "online", statusSince: "" }, now)).toEqual({ state: "online", word: "Online" });
  expect(statusOf({ status: "in-session", statusSince: "" }, now)).toEqual({ state: "live", word: "In session" });
});

test("the last access is said as near as it is", () => {
  const accessed = (at: string | null) => accessedText(at, now, "UTC");
  expect(accessed(null)).toBe("never");
  expect(accessed("rubbish")).toBe("never");
  expect(accessed("2026-11-21T13:59:50Z")).toBe("now");
  expect(accessed("2026-11-21T13:58:00Z")).toBe("2 min ago");
  expect(accessed("2026-11-21T09:41:00Z")).toBe("Today 09:41");
  expect(accessed("2026-11-20T23:41:00Z")).toBe("Yesterday");
  expect(accessed("2026-11-14T09:41:00Z")).toBe("14 Nov");
  expect(accessed("2025-11-14T09:41:00Z")).toBe("14 Nov 2025");
});

test("who is signed in fits a narrow column", () => {
  expect(signedInText({ signedInUsers: [], isScreenLocked: null })).toEqual({ text: "nobody", isQuiet: true });
  expect(signedInText({ signedInUsers: ["mholt"], isScreenLocked: true })).toEqual({ text: "locked", isQuiet: true });
  expect(signedInText({ signedInUsers: ["mholt", "root"], isScreenLocked: false }).text).toBe("mholt +1");
});

test("beside the name stands the host name if it is another, else the comment", () => {
  expect(besideName({ name: "NMC-1", hostName: "nmc-1", comments: "Front desk\nsecond line" })).toBe("Front desk");
  expect(besideName({ name: "Front desk", hostName: "nmc-1", comments: "x" })).toBe("nmc-1");
});
