/** The policies that Jump Clients made with an installer begin with. */
import type { Installer } from "../../protocol/api/administration.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Tx } from "../database/database.ts";
import { findSessionPolicy, type InstallerRow, type InstallerWithNames, isJumpPolicy } from "./store.ts";

/** Ids; null: none. */
export interface InstallerPolicies {
  readonly jumpPolicy: string | null;
  readonly presentPolicy: string | null;
  readonly absentPolicy: string | null;
}

export function policiesOf(
  row: Pick<InstallerRow, "jump_policy" | "present_policy" | "absent_policy">,
): InstallerPolicies {
  return { jumpPolicy: row.jump_policy, presentPolicy: row.present_policy, absentPolicy: row.absent_policy };
}

/** As a list shows them. */
export function policiesShown(row: InstallerWithNames): Pick<Installer, keyof InstallerPolicies> {
  return {
    jumpPolicy: named(row.jump_policy, row.jump_policy_name),
    presentPolicy: named(row.present_policy, row.present_policy_name),
    absentPolicy: named(row.absent_policy, row.absent_policy_name),
  };
}

/** As the audit log tells of them: those there are, by name. */
export function namesOf(row: InstallerWithNames): Readonly<Record<string, string>> {
  const shown = Object.entries(policiesShown(row));
  return Object.fromEntries(shown.flatMap(([name, policy]) => (policy === null ? [] : [[name, policy.name]])));
}

const named = (id: string | null, name: string | null) => (id === null || name === null ? null : { id, name });

/**
 * Whether these may be given to Jump Items (SPOL-06); absent ones and null may.
 * @throws {AppError} request.conflict
 */
export async function checkPolicies(
  tx: Tx,
  asked: { readonly [N in keyof InstallerPolicies]?: string | null | undefined },
): Promise<void> {
  const { jumpPolicy, presentPolicy, absentPolicy } = asked;
  if (typeof jumpPolicy === "string" && !(await isJumpPolicy(tx, jumpPolicy)))
    throw new AppError("request.conflict", "This Jump Policy does not exist any more. Choose another one.");
  for (const id of [presentPolicy, absentPolicy]) {
    if (typeof id !== "string") continue;
    const policy = await findSessionPolicy(tx, id);
    if (policy === null)
      throw new AppError("request.conflict", "This session policy does not exist any more. Choose another one.");
    if (!policy.isForJumpItems)
      throw new AppError(
        "request.conflict",
        `The session policy ${policy.name} is not available for Jump Items. Make it available for them first.`,
      );
  }
}
