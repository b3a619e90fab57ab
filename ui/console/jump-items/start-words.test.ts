import { expect, test } from "bun:test";
import type { StartNeeds } from "../../../protocol/api/jump-items.ts";
import { approvalSentence, isStartable, scheduleSentence } from "./start-words.ts";

const nothing: StartNeeds = {
  schedule: null,
  needsTicket: false,
  needsEndUserCode: false,
  approval: null,
  inSessionWith: null,
};
const given = { ticket: "", endUserCode: "", overrideSchedule: false };

test("JUMP-14 JUMP-15 a closed schedule says when it opens, and only who may starts anyway", () => {
  const schedule = { policy: "Library hours", opensAt: "2026-11-23T08:00:00Z", mayOverride: false };
  expect(scheduleSentence(schedule)).toStartWith(
    "The schedule of Library hours does not permit a session now. It opens ",
  );
  expect(scheduleSentence({ ...schedule, opensAt: null })).toEndWith("never opens.");
  expect(isStartable({ ...nothing, schedule }, { ...given, overrideSchedule: true })).toBe(false);
  const mine = { ...schedule, mayOverride: true };
  expect(isStartable({ ...nothing, schedule: mine }, given)).toBe(false);
  expect(isStartable({ ...nothing, schedule: mine }, { ...given, overrideSchedule: true })).toBe(true);
});

test("POLICY-09 POLICY-10 a ticket and the end user's code are waited for", () => {
  expect(isStartable({ ...nothing, needsTicket: true }, { ...given, ticket: "  " })).toBe(false);
  expect(isStartable({ ...nothing, needsTicket: true }, { ...given, ticket: "INC-7" })).toBe(true);
  expect(isStartable({ ...nothing, needsEndUserCode: true }, { ...given, endUserCode: "12345" })).toBe(false);
  expect(isStartable({ ...nothing, needsEndUserCode: true }, { ...given, endUserCode: "123456" })).toBe(true);
});

test("a request that waits is told", () => {
  expect(approvalSentence({ state: "waiting", request: null, by: "Leads of Libraries" })).toBe(
    "Your request waits for an answer by Leads of Libraries.",
  );
});
