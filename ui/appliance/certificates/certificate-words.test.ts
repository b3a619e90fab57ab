import { expect, test } from "bun:test";
import type { Certificate } from "../../../protocol/api/administration.ts";
import { acceptingShare, endText, learningText, timeline } from "./certificate-words.ts";

const now = new Date("2026-11-20T12:00:00Z");
const current: Certificate = {
  subject: "CN=help.example",
  issuer: "CN=Issuing CA",
  names: ["help.example"],
  notBefore: "2026-09-10T00:00:00Z",
  notAfter: "2026-12-09T00:00:00Z",
  fingerprint: "",
  isSelfSigned: false,
  coversHostname: true,
  chainLength: 2,
  keyAlgorithm: "EC P-256",
};

test("the current certificate begins at the left, today lies within it, the next one behind it", () => {
  const next = { ...current, notBefore: "2026-12-01T00:00:00Z", notAfter: "2027-03-01T00:00:00Z" };
  const shown = timeline(current, next, now);
  expect(shown.current.left).toBe(0);
  expect(shown.current.width).toBeCloseTo(100 / 1.16, 3);
  expect(shown.today).toBeGreaterThan(60);
  expect(shown.today).toBeLessThan(shown.current.width);
  expect(shown.next?.left).toBeGreaterThan(shown.today);
  expect((shown.next?.left ?? 0) + (shown.next?.width ?? 0)).toBe(100);
  expect(shown.ticks.map(({ text }) => text)).toEqual(["Oct", "Nov", "Dec"]);
});

test("the axis of ten years has few names, with their years", () => {
  const long = { ...current, notAfter: "2036-09-10T00:00:00Z" };
  const { ticks } = timeline(long, null, now);
  expect(ticks.length).toBeGreaterThan(1);
  expect(ticks.length).toBeLessThan(8);
  expect(ticks[0]?.text).toContain("20");
});

test("how soon it ends has a tone", () => {
  expect(endText(current, now)).toEqual({ text: "ends in 18 days", tone: "warn" });
  expect(endText({ notAfter: "2027-12-09T00:00:00Z" }, now).tone).toBe("normal");
  expect(endText({ notAfter: "2026-11-01T00:00:00Z" }, now).tone).toBe("bad");
});

test("what others have to learn is said, and a loss first", () => {
  const flight = { jumpClients: 10, accepting: 8, learning: 2, lost: [], lostCount: 0, problems: [] };
  expect(acceptingShare(flight)).toBe(0.8);
  expect(acceptingShare({ ...flight, jumpClients: 0 })).toBe(1);
  expect(learningText(flight)).toContain("2 Jump Clients have not called in");
  expect(learningText({ ...flight, learning: 0 })).toBe("Every Jump Client accepts it.");
  expect(learningText({ ...flight, lostCount: 1 })).toContain("would be lost");
});
