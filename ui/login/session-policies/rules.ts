/** Session rules as the matrix shows them, and how a change of them is told. */
import {
  permissions,
  type SessionPermission,
  sessionPermissions,
  wordsOfPermission,
} from "../../../protocol/permissions.ts";
import type { SessionGrant, SessionRules } from "../../../protocol/session-policy.ts";

export type RuleValue = "not-defined" | "allow" | "deny";

/** The groups of the matrix, in the order of the list. */
export const ruleGroups: readonly string[] = [...new Set(sessionPermissions.map((name) => permissions[name].group))];

/** The permissions of a group. */
export function permissionsIn(group: string): readonly SessionPermission[] {
  return sessionPermissions.filter((name) => permissions[name].group === group);
}

export function isAskable(name: SessionPermission): boolean {
  return wordsOfPermission(name).isAskable === true;
}

/** What comes with a later release: the matrix says so. */
export function isForLater(name: SessionPermission): boolean {
  return wordsOfPermission(name).isForLater === true;
}

export function valueOf(rules: SessionRules, name: SessionPermission): RuleValue {
  return rules.grants[name]?.value ?? "not-defined";
}

/** The rules with one permission set; what is asked first stays only where it is allowed. */
export function withValue(rules: SessionRules, name: SessionPermission, value: RuleValue): SessionRules {
  const { [name]: before, ...rest } = rules.grants;
  if (value === "not-defined") return { ...rules, grants: rest };
  const grant: SessionGrant = { value, isAsked: value === "allow" && (before?.isAsked ?? false) };
  return { ...rules, grants: { ...rest, [name]: grant } };
}

export function withAsked(rules: SessionRules, name: SessionPermission, isAsked: boolean): SessionRules {
  return { ...rules, grants: { ...rules.grants, [name]: { value: "allow", isAsked } } };
}

/** How many permissions are defined. */
export const definedCount = (rules: SessionRules): number => Object.keys(rules.grants).length;

/** One sentence for each difference. */
export function ruleChanges(saved: SessionRules, edited: SessionRules): readonly string[] {
  const told = sessionPermissions.flatMap((name) => {
    const [before, after] = [grantLabel(saved.grants[name]), grantLabel(edited.grants[name])];
    return before === after ? [] : [`${permissions[name].name}: ${after}, was ${before}`];
  });
  const isSame = JSON.stringify(saved.prompting) === JSON.stringify(edited.prompting);
  return isSame ? told : [...told, `Asking the customer: ${promptingLabel(edited)}, was ${promptingLabel(saved)}`];
}

function grantLabel(grant: SessionGrant | undefined): string {
  if (grant === undefined) return "Not defined";
  if (grant.value === "deny") return "Deny";
  return grant.isAsked ? "Allow, ask first" : "Allow";
}

function promptingLabel({ prompting }: SessionRules): string {
  if (prompting === null) return "Not defined";
  return prompting.whenUnanswered === "allow"
    ? `${prompting.timeoutSeconds} seconds, then allowed`
    : `${prompting.timeoutSeconds} seconds, then denied`;
}
