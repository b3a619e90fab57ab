import { describe, expect, test } from "bun:test";
import { presenceOf } from "./presence.ts";

const anna = ["anna"];
const cases = [
  [[], false, false, "absent", "absent"],
  [[], null, null, "absent", "absent"],
  [anna, false, false, "present", "present"],
  [anna, true, false, "absent", "present"],
  [anna, false, true, "absent", "present"],
  [anna, true, true, "absent", "present"],
  [anna, null, null, "present", "present"],
] as const;

describe("JUMP-32 whether somebody is at the computer", () => {
  test.each(cases)(
    "JUMP-32 signed in: %p, locked: %p, screen saver: %p: %s where the screen's state counts, else %s",
    (signedInUsers, isScreenLocked, isScreenSaverOn, looking, notLooking) => {
      const facts = { signedInUsers, isScreenLocked, isScreenSaverOn };
      expect(presenceOf(facts, { usesScreenState: true })).toBe(looking);
      expect(presenceOf(facts, { usesScreenState: false })).toBe(notLooking);
    },
  );
});
