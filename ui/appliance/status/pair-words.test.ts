import { expect, test } from "bun:test";
import type { Standby } from "../../../protocol/api/appliance/standby.ts";
import { lossToTell } from "./pair-words.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const lossAt = (at: string): Standby["history"] => [
  { at: daysAgo(0), text: "A drill passed." },
  { at, text: "What the other one wrote is lost.", isLoss: true },
  { at: daysAgo(30), text: "An earlier one.", isLoss: true },
];

function pairWith(history: Standby["history"], isReached: boolean): Standby {
  return {
    ...{ role: "primary", behindSeconds: 0.2, behindBytes: 0, copying: null, lastSwitch: null, problem: "", history },
    peer: { address: "10.0.0.2", fingerprint: "", isReached, lastReachedAt: daysAgo(0) },
  };
}

test("B34 a loss of writes stands in the page for seven days, and longer while the pair is not in step", () => {
  expect(lossToTell(pairWith(lossAt(daysAgo(6.9)), true), NOW)?.at).toBe(daysAgo(6.9));
  expect(lossToTell(pairWith(lossAt(daysAgo(7.1)), true), NOW)).toBeNull();
  expect(lossToTell(pairWith(lossAt(daysAgo(20)), false), NOW)?.at).toBe(daysAgo(20));
  // Nobody waits for a pair that was ended.
  const ended: Standby = { ...pairWith(lossAt(daysAgo(8)), false), role: "alone", peer: null };
  expect(lossToTell(ended, NOW)).toBeNull();
  expect(lossToTell({ ...ended, history: lossAt(daysAgo(1)) }, NOW)?.at).toBe(daysAgo(1));
  expect(lossToTell(pairWith([{ at: daysAgo(1), text: "A drill passed." }], false), NOW)).toBeNull();
});
