import { expect, test } from "bun:test";
import { jumpPolicyChanges, type JumpPolicyDraft } from "./jump-policy-words.ts";

test("POLICY-03 a change of a schedule is told, and nothing where nothing differs", () => {
  const saved: JumpPolicyDraft = {
    displayName: "Library hours",
    description: "",
    rules: {
      schedule: { timeZone: "Europe/London", windows: [{ startDay: 0, startMinute: 480, endDay: 0, endMinute: 1200 }] },
      isEndForced: false,
      requiresTicket: false,
      requiresEndUserProof: false,
      allowsSimultaneousJumps: null,
      approval: null,
    },
  };
  expect(jumpPolicyChanges(saved, structuredClone(saved))).toEqual([]);
  const edited = structuredClone(saved);
  edited.rules.schedule = null;
  edited.rules.requiresTicket = true;
  expect(jumpPolicyChanges(saved, edited)).toEqual(["Schedule: at any time", "Require a ticket id: On"]);
});
