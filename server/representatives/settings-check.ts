/** What changed settings may say: they name things that are there, and schedules that can be read. */
import type { SessionPolicyChoice } from "../../protocol/account-settings.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Schedule } from "../../protocol/schedule.ts";
import type { Tx } from "../database/database.ts";
import { checkSchedule } from "../jump-policies/schedule-check.ts";
import type { SettingChange } from "./giving.ts";
import { findRoles, findSessionPolicies } from "./reference-store.ts";

/**
 * Checks what was changed, in the change's transaction; what stayed as it was may stay.
 * @throws {AppError} request.conflict for what is not there any more or not meant for users, request.invalid for a
 *   schedule that means nothing
 */
export async function checkSettings(tx: Tx, changes: readonly SettingChange[]): Promise<void> {
  const after = new Map(changes.map((change) => [change.name, change.after]));
  const roles = changes.flatMap(({ name, after: id }) => (name.endsWith("Role") && typeof id === "string" ? [id] : []));
  await checkRoles(tx, roles);
  const choices = [after.get("attendedSessionPolicy"), after.get("unattendedSessionPolicy")];
  await checkSessionPolicies(tx, choices as (SessionPolicyChoice | null | undefined)[]);
  const schedule = after.get("signInSchedule") as Schedule | null | undefined;
  if (schedule !== null && schedule !== undefined) checkSchedule(schedule);
}

async function checkRoles(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const found = await findRoles(tx, ids);
  if (ids.some((id) => !found.has(id)))
    throw new AppError("request.conflict", "This Jump Item Role does not exist any more. Choose another one.");
}

async function checkSessionPolicies(tx: Tx, choices: readonly (SessionPolicyChoice | null | undefined)[]) {
  const ids = choices.flatMap((choice) => (choice?.kind === "policy" ? [choice.id] : []));
  if (ids.length === 0) return;
  const found = await findSessionPolicies(tx, ids);
  for (const id of ids) {
    const policy = found.get(id);
    if (policy === undefined)
      throw new AppError("request.conflict", "This session policy does not exist any more. Choose another one.");
    if (!policy.isForUsers)
      throw new AppError(
        "request.conflict",
        `The session policy ${policy.name} is not available for users. Make it available for them first.`,
      );
  }
}
