/** What the page says of slots, steps and windows. Pure. */
import type { Static } from "@sinclair/typebox";
import type { Update, UpdateStep, UpdateWindow } from "../../../protocol/api/appliance/updates.ts";
import type { SlotState } from "../../../protocol/appliance/system-actions.ts";
import { formatBytes, formatCount, formatTime } from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";
import { spokenLanguage } from "../../languages/say.ts";

type Slot = Static<typeof SlotState>;

/** What a step is called. */
export const stepTitles: Readonly<Record<UpdateStep["step"], string>> = {
  received: "Received",
  verified: "Signature and contents verified",
  "backed-up": "Backup taken",
  rehearsed: "Rehearsed",
  staged: "Written into the idle slot and read back",
  restarted: "Restart into the new version",
  healthy: "Watched until it is healthy",
};

/** What will happen in a step that waits. */
export const stepTexts: Readonly<Record<UpdateStep["step"], string>> = {
  received: "The package comes in slices; a lost line costs one of them",
  verified: "Only packages signed for this appliance are taken, and none older than what runs",
  "backed-up": "Of everything the appliance keeps, before anything changes",
  rehearsed: "Whether this version may follow the one that runs, and whether there is room",
  staged: "The version that runs stays as it is",
  restarted: "Running sessions are told first and resume afterwards; new ones wait",
  healthy: "It serves, its database opens, a computer connects and opens a shell; else the former version comes back",
};

/** Who makes a waiting step happen. */
export function stepWaitsLabel(step: UpdateStep["step"], { state, restartsAt }: Update): string {
  return step === "restarted" && state === "ready" && restartsAt === null ? "you" : "automatic";
}

/** At the end of a step's line: how far it is, when it was done, or who does it. */
export function stepEndText(step: UpdateStep, update: Update, now: Date): string {
  if (step.state === "running" && step.progress !== null) return `${formatCount(Math.floor(step.progress * 100))}%`;
  if (step.state === "waiting") return stepWaitsLabel(step.step, update);
  return step.at === null ? "" : formatTime(step.at, now);
}

/** Where a slot stands, as stones and a word. */
export function slotState(slot: Slot): { state: StonesState; label: string } {
  if (slot.isRunning) return { state: "live", label: "Running" };
  if (slot.version === null) return { state: "offline", label: "Empty" };
  if (slot.isGood) return { state: "online", label: "Kept" };
  return slot.triesLeft > 0 ? { state: "waiting", label: "Staged" } : { state: "lost", label: "Not healthy" };
}

/** What a slot holds, in a sentence or two. */
export function slotText(slot: Slot): string {
  if (slot.isRunning) return slot.isGood ? "Runs now. Known good." : "Runs now. It is still being watched.";
  if (slot.version === null) return "The next update goes here.";
  if (slot.isGood) return "Ran before and was healthy. It can come back at any time.";
  return slot.triesLeft > 0 ? "Verified. Never started." : "Was tried and was not healthy. It is not started again.";
}

/** Between the slots. */
export function betweenSlots(slots: readonly Slot[]): { state: StonesState; label: string } {
  const next = slots.find(({ isNext }) => isNext);
  const idle = slots.find(({ isRunning }) => !isRunning);
  if (next !== undefined && !next.isRunning) return { state: "connecting", label: "changes at the next start" };
  if (idle === undefined || idle.version === null) return { state: "offline", label: "nothing to change to" };
  if (idle.isGood || idle.triesLeft > 0) return { state: "waiting", label: "ready to change" };
  return { state: "offline", label: "stays here" };
}

const outcomes: Readonly<Record<string, { state: StonesState; label: string }>> = {
  receiving: { state: "connecting", label: "Coming in" },
  preparing: { state: "connecting", label: "Being prepared" },
  ready: { state: "waiting", label: "Ready" },
  restarting: { state: "connecting", label: "Restarting" },
  finished: { state: "online", label: "Installed" },
  returned: { state: "degraded", label: "Went back by itself" },
  cancelled: { state: "offline", label: "Cancelled" },
  failed: { state: "lost", label: "Failed" },
};

/** How an update is or ended, as stones and a word. */
export function outcomeOf({ state }: Update): { state: StonesState; label: string } {
  return outcomes[state] ?? { state: "offline", label: state };
}

/** "612 MB", and how much of it is there while it comes. */
export function sizeText({ sizeBytes, receivedBytes, state }: Update): string {
  if (state !== "receiving") return formatBytes(sizeBytes);
  return `${formatBytes(receivedBytes)} of ${formatBytes(sizeBytes)}`;
}

/** The weekdays' names in the page's language, 1 Monday to 7 Sunday. */
export function weekdayName(day: number, length: "short" | "long" = "short"): string {
  // 1 January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, day));
  return date.toLocaleDateString(spokenLanguage().locale, { weekday: length, timeZone: "UTC" });
}

/** "Sun 02:00 to 04:00" */
export function windowText({ weekdays, from, to }: Static<typeof UpdateWindow>): string {
  if (weekdays.length === 7) return `every day ${from} to ${to}`;
  const days = weekdays.toSorted((a, b) => a - b).map((day) => weekdayName(day));
  return `${days.join(", ")} ${from} to ${to}`;
}
