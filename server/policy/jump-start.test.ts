import { describe, expect, test } from "bun:test";
import type { JumpRules } from "../../protocol/api/policies.ts";
import { actorOf, jumpItem, NOON, policiesOf, ruleless } from "../test/test-policies.ts";
import {
  type AskedAccess,
  forcedEnd,
  mayAnswerRequest,
  missingForStart,
  startNeeds,
  type StartQuestion,
} from "./jump-start.ts";

// NOON is a Wednesday.
const office = { startDay: 2, startMinute: 20 * 60, endDay: 3, endMinute: 17 * 60 };
const schedule = { timeZone: "Europe/London", windows: [office] };

function needs(rules: Partial<JumpRules> | null, change: Partial<StartQuestion> = {}, own = {}) {
  const policies = policiesOf({ jumpPolicies: [{ id: "strict", name: "Strict", rules: { ...ruleless, ...rules } }] });
  const item = jumpItem({ jumpPolicy: rules === null ? null : "strict" });
  const actor = actorOf(policies, { own });
  const question = { actor, jumpItem: item, policies, now: NOON, asked: null, approvers: "Leads", running: null };
  return startNeeds({ ...question, ...change });
}
const nothing = { schedule: null, needsTicket: false, needsEndUserCode: false, approval: null, inSessionWith: null };
const given = { overridesSchedule: false, ticket: "", isEndUserProved: false };

test("POLICY-02 POLICY-03 without a Jump Policy, or with one that asks nothing, a start needs nothing", () => {
  expect(needs(null)).toEqual(nothing);
  expect(needs({})).toEqual(nothing);
  expect(missingForStart(nothing, given)).toBeNull();
});

describe("JUMP-14 the schedule", () => {
  const at = (now: string, own = {}) => needs({ schedule }, { now: new Date(now) }, own);

  test("JUMP-14 POLICY-06 outside it a start is refused, with when it opens next; inside it is not", () => {
    const closed = at("2026-11-18T12:00:00Z");
    expect(closed.schedule).toEqual({ policy: "Strict", opensAt: "2026-11-18T20:00:00.000Z", mayOverride: false });
    expect(missingForStart(closed, given)).toBe("start.schedule_closed");
    expect(missingForStart(closed, { ...given, overridesSchedule: true })).toBe("start.schedule_closed");
    expect(at("2026-11-18T20:00:00Z")).toEqual(nothing);
    expect(at("2026-11-19T17:00:00Z").schedule?.opensAt).toBe("2026-11-25T20:00:00.000Z");
  });

  test("JUMP-15 whoever may change Jump Policies may start anyway, and only when they say so", () => {
    const closed = at("2026-11-18T12:00:00Z", { "jump-policies.manage": true });
    expect(closed.schedule?.mayOverride).toBe(true);
    expect(missingForStart(closed, given)).toBe("start.schedule_closed");
    expect(missingForStart(closed, { ...given, overridesSchedule: true })).toBeNull();
  });

  test("POLICY-05 POLICY-07 a session is ended at the closing only where that is forced", () => {
    const policy = (isEndForced: boolean) => ({ id: "a", name: "A", rules: { ...ruleless, schedule, isEndForced } });
    const inside = new Date("2026-11-18T23:00:00Z");
    expect(forcedEnd(policy(false), inside)).toBeNull();
    expect(forcedEnd(policy(true), inside)?.toISOString()).toBe("2026-11-19T17:00:00.000Z");
    expect(forcedEnd(policy(true), NOON)?.toISOString()).toBe("2026-11-19T17:00:00.000Z");
    expect(forcedEnd(null, inside)).toBeNull();
  });
});

test("POLICY-09 POLICY-10 a ticket and the end user's proof are asked for, and blanks are no ticket", () => {
  const both = needs({ requiresTicket: true, requiresEndUserProof: true });
  expect([both.needsTicket, both.needsEndUserCode]).toEqual([true, true]);
  expect(missingForStart(both, { ...given, ticket: "  " })).toBe("start.ticket_required");
  expect(missingForStart(both, { ...given, ticket: "INC-1" })).toBe("start.end_user_proof_required");
  expect(missingForStart(both, { ...given, ticket: "INC-1", isEndUserProved: true })).toBeNull();
});

describe("POLICY-11 simultaneous Jumps", () => {
  const running = { owner: "Theo", admitsActor: false };
  const cases = [
    [null, true, null],
    [null, false, "Theo"],
    [true, false, null],
    [false, true, "Theo"],
  ] as const;
  test.each(cases)("POLICY-11 the Jump Policy says %p, the site %p: in session with %p", (rule, site, expected) => {
    const rules = { ...ruleless, allowsSimultaneousJumps: rule };
    const policies = policiesOf({ allowsSimultaneousJumps: site, jumpPolicies: [{ id: "strict", name: "S", rules }] });
    expect(needs({}, { policies, running }).inSessionWith).toBe(expected);
    expect(needs({}, { policies, running: { ...running, admitsActor: true } }).inSessionWith).toBeNull();
    expect(needs({}, { policies }).inSessionWith).toBeNull();
  });
});

describe("NA37 somebody else must agree first", () => {
  const approval = { team: null, validMinutes: 60 };
  const state = (asked: AskedAccess | null) => needs({ approval }, { asked }).approval;
  const later = new Date(NOON.getTime() + 1);

  test("a request that waits, was denied or has run out allows nothing; an approved one does while it is valid", () => {
    expect(state(null)).toEqual({ state: "none", request: null, by: "Leads" });
    expect(state({ id: "r", state: "waiting", validUntil: null })).toEqual({
      state: "waiting",
      request: "r",
      by: "Leads",
    });
    expect(state({ id: "r", state: "denied", validUntil: null })?.state).toBe("denied");
    expect(state({ id: "r", state: "withdrawn", validUntil: null })?.state).toBe("none");
    expect(state({ id: "r", state: "approved", validUntil: later })).toBeNull();
    expect(state({ id: "r", state: "approved", validUntil: NOON })?.state).toBe("none");
    expect(missingForStart(needs({ approval }), given)).toBe("start.approval_required");
  });

  test("NA37 nobody answers their own request, administrators neither; leads of the named team and who holds the permission answer others'", () => {
    const rules = { ...ruleless, approval: { team: "desk", validMinutes: 60 } };
    const policies = policiesOf({ jumpPolicies: [{ id: "strict", name: "S", rules }] });
    const item = jumpItem({ jumpPolicy: "strict" });
    const may = (by: string, change: Parameters<typeof actorOf>[1]) =>
      mayAnswerRequest(actorOf(policies, change), { by, jumpItem: item }, policies, NOON);
    expect(may("rosa", { own: { "site.administer": true } })).toBe(false);
    expect(may("theo", { own: { "site.administer": true } })).toBe(true);
    expect(may("theo", {})).toBe(false);
    expect(may("theo", { own: { "access-requests.decide": true } })).toBe(true);
    expect(may("theo", { ledTeams: new Set(["desk"]) })).toBe(true);
    expect(may("rosa", { ledTeams: new Set(["desk"]) })).toBe(false);
    expect(may("theo", { ledTeams: new Set(["another"]) })).toBe(false);
  });
});
