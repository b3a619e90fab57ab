/** When people in a session hear that its Jump Policy's schedule is about to end it. Pure. */

/** Minutes before the end at which they are told (POLICY-08). */
export const NOTICE_MINUTES: readonly number[] = [15, 10, 5, 2, 1];
const MINUTE_MS = 60_000;

/** What is to be done now; `told` is the least of NOTICE_MINUTES that was said before, Infinity before the first. */
export type ScheduleStep =
  | { readonly kind: "none" }
  /** `minutes`: how many are left, rounded up; `told` is to be remembered. */
  | { readonly kind: "notice"; readonly minutes: number; readonly told: number }
  | { readonly kind: "end" };

/** Several notices that came due at once (the clock was set, the server stood still) are one: the latest. */
export function scheduleStep(endsAt: Date | null, now: Date, told: number): ScheduleStep {
  if (endsAt === null) return { kind: "none" };
  const leftMs = endsAt.getTime() - now.getTime();
  if (leftMs <= 0) return { kind: "end" };
  const due = NOTICE_MINUTES.findLast((minutes) => leftMs <= minutes * MINUTE_MS);
  if (due === undefined || due >= told) return { kind: "none" };
  return { kind: "notice", minutes: Math.ceil(leftMs / MINUTE_MS), told: due };
}

/** The sentence they read. */
export const noticeText = (minutes: number): string =>
  `The Jump Policy's schedule ends this session in ${minutes === 1 ? "1 minute" : `${minutes} minutes`}`;
