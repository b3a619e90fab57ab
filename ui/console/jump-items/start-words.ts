/** What a start still needs, and when a closed schedule opens, in words. */
import type { StartNeeds } from "../../../protocol/api/jump-items.ts";
import { formatExact } from "../../kit/format.ts";

/** Why the schedule keeps a start away, and when it opens (JUMP-14). */
export function scheduleSentence(schedule: NonNullable<StartNeeds["schedule"]>): string {
  return schedule.opensAt === null
    ? `The schedule of ${schedule.policy} never opens.`
    : `The schedule of ${schedule.policy} does not permit a session now. It opens ${formatExact(schedule.opensAt)}.`;
}

/** How a request for access stands. */
export function approvalSentence(approval: NonNullable<StartNeeds["approval"]>): string {
  if (approval.state === "waiting") return `Your request waits for an answer by ${approval.by}.`;
  if (approval.state === "denied") return "Your last request was denied. You can ask again.";
  return `Somebody else has to agree first: ${approval.by}.`;
}

/** What the person has typed or chosen. */
export interface StartGiven {
  readonly ticket: string;
  readonly endUserCode: string;
  readonly overrideSchedule: boolean;
}

/** Whether a start can be tried with what was given. */
export function isStartable(needs: StartNeeds, given: StartGiven): boolean {
  if (needs.inSessionWith !== null || needs.approval !== null) return false;
  if (needs.schedule !== null && !(needs.schedule.mayOverride && given.overrideSchedule)) return false;
  if (needs.needsTicket && given.ticket.trim() === "") return false;
  return !needs.needsEndUserCode || /^\d{6}$/u.test(given.endUserCode);
}
