/** What rules of a session policy may say, and what a change of them comes to. Pure. */
import { AppError } from "../../protocol/errors.ts";
import {
  permissions,
  type SessionPermission,
  sessionPermissions,
  wordsOfPermission,
} from "../../protocol/permissions.ts";
import type { SessionGrant, SessionRules } from "../../protocol/session-policy.ts";

/** @throws {AppError} request.invalid where the customer shall be asked about what nobody can be asked, or about a no */
export function checkRules({ grants }: SessionRules): void {
  for (const [name, { value, isAsked }] of grantsOf({ grants, prompting: null })) {
    if (!isAsked) continue;
    if (wordsOfPermission(name).isAskable !== true)
      throw new AppError("request.invalid", `Nobody can be asked about: ${permissions[name].name}. Allow or deny it.`);
    if (value === "deny")
      throw new AppError("request.invalid", `${permissions[name].name} is denied, so nobody is asked about it.`);
  }
}

/** @throws {AppError} request.invalid where the last layer leaves something open */
export function checkComplete({ grants, prompting }: SessionRules): void {
  const missing = sessionPermissions.filter((name) => grants[name] === undefined);
  if (missing.length > 0)
    throw new AppError(
      "request.invalid",
      `The global session policy is the last one, so it allows or denies everything. Missing: ${missing.map((name) => permissions[name].name).join(", ")}.`,
    );
  if (prompting === null)
    throw new AppError("request.invalid", "The global session policy says how long a customer has to answer.");
}

/** The permissions it says something about, and what. */
export function grantsOf({ grants }: SessionRules): [SessionPermission, SessionGrant][] {
  return sessionPermissions.flatMap((name) => (grants[name] === undefined ? [] : [[name, grants[name]]]));
}

/** What changes between two rules, in the words of the audit log; empty: nothing. */
export function rulesDetail(before: SessionRules, after: SessionRules): Record<string, unknown> {
  const changed = sessionPermissions.filter((name) => wordOf(before.grants[name]) !== wordOf(after.grants[name]));
  const grants = changed.map((name) => [
    name,
    { before: wordOf(before.grants[name]), after: wordOf(after.grants[name]) },
  ]);
  const isPromptingChanged = !Bun.deepEquals(before.prompting, after.prompting);
  return {
    ...(Object.fromEntries(grants) as Record<string, unknown>),
    ...(isPromptingChanged ? { prompting: { before: before.prompting, after: after.prompting } } : {}),
  };
}

function wordOf(grant: SessionGrant | undefined): "not-defined" | "allow" | "ask" | "deny" {
  if (grant === undefined) return "not-defined";
  return grant.value === "allow" && grant.isAsked ? "ask" : grant.value;
}
