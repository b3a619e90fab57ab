/** What kind of value each setting of an account has, in which groups they stand, and what one begins with. */
import {
  type AccountSettingName,
  accountSettingNames,
  accountSettings,
  type otherSettings,
} from "../../../protocol/account-settings.ts";
import type { Permission } from "../../../protocol/permissions.ts";

export type SettingKind = "permission" | "yes-or-no" | "session-policy" | "role" | "schedule" | "number";

const otherKinds: Readonly<Record<keyof typeof otherSettings, SettingKind>> = {
  attendedSessionPolicy: "session-policy",
  unattendedSessionPolicy: "session-policy",
  defaultJumpItemRole: "role",
  personalJumpItemRole: "role",
  teamJumpItemRole: "role",
  systemJumpItemRole: "role",
  signInSchedule: "schedule",
  idleSignOutMinutes: "number",
  maxSignIns: "number",
  mustHaveSecondProof: "yes-or-no",
};

export function kindOf(name: AccountSettingName): SettingKind {
  return Object.hasOwn(otherKinds, name) ? otherKinds[name as keyof typeof otherSettings] : "permission";
}

/** The numbers' ranges, as protocol/account-settings.ts checks them, and what one of them begins with. */
export const numberRanges = {
  idleSignOutMinutes: { from: 5, to: 1440, start: 30 },
  maxSignIns: { from: 1, to: 100, start: 1 },
} as const;

export function rangeOf(name: AccountSettingName): { from: number; to: number; start: number } {
  return name === "maxSignIns" ? numberRanges.maxSignIns : numberRanges.idleSignOutMinutes;
}

/** The parts of the editor. */
export type SettingsPart = "representative" | "jump" | "session";

/** Shown groups are told apart by their settings' names, since texts are in the reader's language. */
function partOf(name: AccountSettingName): SettingsPart {
  const kind = kindOf(name);
  if (kind === "session-policy") return "session";
  if (kind === "role" || jumpAdministration.has(name)) return "jump";
  return "representative";
}
const jumpAdministration: ReadonlySet<AccountSettingName> = new Set<AccountSettingName>([
  "installers.manage",
  "jump-clients.manage",
  "jump-groups.manage",
  "jump-item-roles.manage",
  "jump-policies.manage",
  "background-tools.configure",
  "endpoint-tools.configure",
]);

export interface SettingGroup {
  readonly title: string;
  readonly names: readonly AccountSettingName[];
}

/** The settings of a part in their groups, in the order of protocol/account-settings.ts. */
export function settingGroups(part?: SettingsPart): readonly SettingGroup[] {
  const groups = new Map<string, AccountSettingName[]>();
  for (const name of accountSettingNames) {
    const { group } = accountSettings[name];
    if (part === undefined || partOf(name) === part) groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups].map(([title, names]) => ({ title, names }));
}

/** What a setting begins with when somebody sets it: what gives nobody more than before. */
export function startValue(name: AccountSettingName): unknown {
  const kind = kindOf(name);
  return kind === "permission" || kind === "yes-or-no" ? false : null;
}

/**
 * Whether somebody may give or take a setting: nobody gives what they do not hold, and session permissions are for who
 * changes session policies. Which roles one may give the server says when it is asked.
 */
export function mayGive(name: AccountSettingName, can: (permission: Permission) => boolean): boolean {
  const kind = kindOf(name);
  if (kind === "session-policy") return can("session-policies.edit");
  return kind !== "permission" || can(name as Permission);
}

/** Whether a value is one the server takes; numbers are typed by people. */
export function isValidValue(name: AccountSettingName, value: unknown): boolean {
  if (kindOf(name) !== "number" || value === null) return true;
  const { from, to } = rangeOf(name);
  return typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;
}
