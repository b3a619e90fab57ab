/** What a change of an account comes to. Pure. */
import type { Static } from "@sinclair/typebox";
import type { ChangeUser } from "../../protocol/api/users.ts";
import type { SettingChange } from "./giving.ts";
import type { Representative } from "./store.ts";

/** What an administrator asks to change, beside the version and the password. */
export type AskedChanges = Omit<Static<typeof ChangeUser>, "version" | "password">;

const fields = [
  "displayName",
  "publicName",
  "email",
  "isDisabled",
  "isBreakGlass",
  "mustChangePassword",
  "expiresAt",
  "language",
] as const satisfies (keyof AskedChanges)[];

/** A value as it was and as it is now; a setting that is not defined is null. */
export interface BeforeAfter {
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs, by name, with the settings under "settings": the audit log's detail. Empty: nothing. */
export function changesOf(
  account: Representative,
  asked: AskedChanges,
  settings: readonly SettingChange[],
): Record<string, BeforeAfter | Record<string, BeforeAfter>> {
  const changed = fields.filter((name) => asked[name] !== undefined && asked[name] !== account[name]);
  const plain = changed.map((name) => [name, { before: account[name], after: asked[name] }] as const);
  return {
    ...Object.fromEntries(plain),
    ...(settings.length === 0 ? {} : { settings: settingsDetail(settings) }),
  };
}

/** Changed settings as the audit log tells of them. */
export function settingsDetail(changes: readonly SettingChange[]): Record<string, BeforeAfter> {
  const rows = changes.map(({ name, before = null, after = null }) => [name, { before, after }] as const);
  return Object.fromEntries(rows);
}

/** Whether every sign-in of the account ends with the change: a new password, or an account that may not be used now. */
export function endsSignIns(asked: AskedChanges, hasNewPassword: boolean, now: Date): boolean {
  const isExpired = typeof asked.expiresAt === "string" && new Date(asked.expiresAt) <= now;
  return asked.isDisabled === true || hasNewPassword || isExpired;
}
