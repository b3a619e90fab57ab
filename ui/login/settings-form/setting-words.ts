/** Settings in words: a value, where it comes from, and what a change changes. */
import {
  type AccountSettingName,
  accountSettingNames,
  accountSettings,
  type DefinedSettings,
  type PolicySettings,
  type SessionPolicyChoice,
} from "../../../protocol/account-settings.ts";
import type { SettingChoices } from "../../../protocol/api/users.ts";
import type { SettingSource } from "../../../protocol/decision.ts";
import type { Schedule } from "../../../protocol/schedule.ts";
import { plural } from "../../languages/plural.ts";
import { roleName } from "../jump-item-roles/role-name.ts";
import { kindOf } from "./setting-kinds.ts";

/** Names of what settings refer to; null while they are on their way. */
export type SettingNames = Pick<SettingChoices, "jumpItemRoles" | "sessionPolicies"> | null;

/** A setting's value for people. */
export function valueText(name: AccountSettingName, value: unknown, names: SettingNames): string {
  const kind = kindOf(name);
  if (kind === "permission") return value === true ? "Allowed" : "Not allowed";
  if (kind === "yes-or-no") return value === true ? "Yes" : "No";
  if (kind === "role") return roleText(value, names);
  if (kind === "session-policy") return sessionPolicyText(value as SessionPolicyChoice | null, names);
  if (kind === "schedule") return scheduleText(value as Schedule | null);
  return numberText(name, value);
}

function roleText(value: unknown, names: SettingNames): string {
  if (value === null) return "No role";
  const role = names?.jumpItemRoles.find(({ id }) => id === value);
  return role === undefined ? "A role that is not in the list" : roleName(role);
}

function sessionPolicyText(value: SessionPolicyChoice | null, names: SettingNames): string {
  if (value === null) return "None";
  if (value.kind === "custom") {
    const count = Object.keys(value.rules.grants).length;
    return plural(count, ["Custom rules, # permission defined", "Custom rules, # permissions defined"]);
  }
  const { id: wanted } = value;
  return names?.sessionPolicies.find(({ id }) => id === wanted)?.name ?? "A session policy that is not in the list";
}

/** When one may sign in. */
export function scheduleText(schedule: Schedule | null): string {
  if (schedule === null) return "At any time";
  if (schedule.windows.length === 0) return "Never";
  const hours = plural(schedule.windows.length, ["# window a week", "# windows a week"]);
  return `${hours}, ${schedule.timeZone}`;
}

function numberText(name: AccountSettingName, value: unknown): string {
  if (typeof value !== "number") return "As the site's security says";
  return name === "idleSignOutMinutes"
    ? plural(value, ["# minute", "# minutes"])
    : plural(value, ["# sign-in", "# sign-ins"]);
}

/** Where an effective value comes from. */
export function sourceSentence(source: SettingSource): string {
  if (source.kind === "default") return "Nobody sets it: the default.";
  if (source.kind === "user") return "Set for this user.";
  return source.isFinal
    ? `From the group policy ${source.policy.name}, final.`
    : `From the group policy ${source.policy.name}.`;
}

/** Names of the settings that differ. */
export function changedNames(
  saved: Readonly<Record<string, unknown>>,
  edited: Readonly<Record<string, unknown>>,
): readonly AccountSettingName[] {
  return accountSettingNames.filter((name) => !isSame(saved[name], edited[name]));
}

/** Whether two values from the server or the editor mean the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** One sentence for each setting of a user that differs: "Use the console: Allowed, was not set". */
export function userChangeSentences(
  saved: DefinedSettings,
  edited: DefinedSettings,
  names: SettingNames,
): readonly string[] {
  const text = (settings: DefinedSettings, name: AccountSettingName): string =>
    Object.hasOwn(settings, name) ? valueText(name, settings[name], names) : "not set here";
  return changedNames(saved, edited).map(
    (name) => `${accountSettings[name].name}: ${text(edited, name)}, was ${text(saved, name)}`,
  );
}

/** A group policy's value for people, final or not. */
export function policyValueText(
  name: AccountSettingName,
  defined: PolicySettings[AccountSettingName] | null,
  names: SettingNames,
): string {
  if (defined === undefined || defined === null) return "Not defined";
  const value = valueText(name, defined.value, names);
  return defined.isFinal ? `${value} (final)` : value;
}

/** One sentence for a setting of a group policy that differs. */
export function policyChangeSentence(
  name: AccountSettingName,
  saved: PolicySettings,
  edited: PolicySettings,
  names: SettingNames,
): string {
  const before = policyValueText(name, saved[name], names);
  return `${accountSettings[name].name}: ${policyValueText(name, edited[name], names)}, was ${before}`;
}
