import type { Clock } from "../clock.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { SignIns } from "./sign-ins.ts";

/** Ends the sign-ins of accounts whose sign-in schedule has closed. Cheap; call it every second. */
export async function endOutsideSchedules(policyBook: PolicyBook, signIns: SignIns, clock: Clock): Promise<void> {
  const now = clock.now();
  for (const representative of signIns.liveAccounts()) {
    const schedule = policyBook.known(representative)?.signInSchedule ?? null;
    if (schedule !== null && !schedule.isOpen(now)) await signIns.end({ representative }, scheduleClosed);
  }
}

const scheduleClosed = {
  code: "sign_in.outside_schedule",
  message: "Your account may not be used at this time. You were signed out.",
} as const;
