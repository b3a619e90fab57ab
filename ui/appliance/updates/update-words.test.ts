import { expect, test } from "bun:test";
import { updateSteps } from "../../../protocol/api/appliance/updates.ts";
import { betweenSlots, slotState, slotText, stepTexts, stepTitles, windowText } from "./update-words.ts";

const slot = {
  slot: "a" as const,
  version: "1.4.2",
  isRunning: false,
  isGood: false,
  triesLeft: 0,
  isNext: false,
  manifest: null,
};

test("each step has a title and says what happens in it", () => {
  for (const step of updateSteps) expect([stepTitles[step], stepTexts[step]].every((text) => text !== "")).toBe(true);
});

test("a slot says what it holds and whether it can come back", () => {
  const told = [
    { ...slot, isRunning: true, isGood: true },
    { ...slot, isGood: true },
    { ...slot, triesLeft: 3 },
    slot,
    { ...slot, version: null },
  ].map((each) => [slotState(each).label, slotText(each)]);
  expect(told.map(([label]) => label)).toEqual(["Running", "Kept", "Staged", "Not healthy", "Empty"]);
  expect(told[3]?.[1]).toContain("not started again");
});

test("between the slots stands what the next start does", () => {
  const running = { ...slot, isRunning: true, isGood: true };
  expect(
    betweenSlots([
      { ...running, isNext: true },
      { ...slot, triesLeft: 3 },
    ]).label,
  ).toBe("ready to change");
  expect(betweenSlots([running, { ...slot, triesLeft: 3, isNext: true }]).label).toBe("changes at the next start");
  expect(
    betweenSlots([
      { ...running, isNext: true },
      { ...slot, version: null },
    ]).state,
  ).toBe("offline");
});

test("a window is said in a line", () => {
  expect(windowText({ weekdays: [7], from: "02:00", to: "04:00" })).toBe("Sun 02:00 to 04:00");
  expect(windowText({ weekdays: [6, 1], from: "22:00", to: "02:00" })).toBe("Mon, Sat 22:00 to 02:00");
  expect(windowText({ weekdays: [1, 2, 3, 4, 5, 6, 7], from: "01:00", to: "03:00" })).toBe("every day 01:00 to 03:00");
});
