/** What people read when they may not come in. */
import { AppError } from "../../protocol/errors.ts";

/** What everybody reads who meets the console while it is switched off (LOGIN-01). */
export const consoleDisabled = (): AppError =>
  new AppError(
    "console.disabled",
    "The web representative console is not enabled on this site. An administrator can allow it in /login under Management, Security.",
  );

export const networkRefused = (): AppError =>
  new AppError(
    "network.refused",
    "This site may not be used from your network. Use a network that is allowed, or ask an administrator.",
  );

/** @param nextAt when it opens next, UTC ISO 8601; null: not known */
export function outsideSchedule(nextAt: string | null): AppError {
  const next = nextAt === null ? "" : ` The next time is ${nextAt}.`;
  return new AppError("sign_in.outside_schedule", `Your account may not be used at this time.${next}`);
}

export const stepExpired = (): AppError =>
  new AppError("sign_in.step_expired", "This step took too long, or was taken already. Sign in again from the start.");

export const passwordWrong = (): AppError =>
  new AppError("sign_in.failed", "The user name or the password is not right.");

export const secondProofFailed = (): AppError =>
  new AppError("sign_in.second_proof_failed", "This proof is not right. Try the next code, or the other way.");
