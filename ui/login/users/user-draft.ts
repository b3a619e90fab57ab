/** An account as it stands in the fields of its panel, and how it differs from what is saved. Pure. */
import type { DefinedSettings } from "../../../protocol/account-settings.ts";
import type { UserDetail } from "../../../protocol/api/users.ts";
import { formatExact } from "../../kit/format.ts";
import { isSame, type SettingNames, userChangeSentences } from "../settings-form/setting-words.ts";

export interface UserDraft {
  displayName: string;
  publicName: string;
  email: string;
  isDisabled: boolean;
  isBreakGlass: boolean;
  mustChangePassword: boolean;
  expiresAt: string | null;
  settings: DefinedSettings;
}

/** The fields as they are saved. */
export function draftOf(user: UserDetail): UserDraft {
  const { displayName, publicName, email, isDisabled, isBreakGlass, mustChangePassword, expiresAt, settings } = user;
  return { displayName, publicName, email, isDisabled, isBreakGlass, mustChangePassword, expiresAt, settings };
}

/** What differs, as the server takes it. Empty: nothing. */
export function draftChanges(user: UserDetail, draft: UserDraft): Partial<UserDraft> {
  const saved = draftOf(user);
  const edited = { ...draft, displayName: draft.displayName.trim(), email: draft.email.trim() };
  const names = Object.keys(saved) as (keyof UserDraft)[];
  return Object.fromEntries(
    names.filter((name) => !isSame(saved[name], edited[name])).map((name) => [name, edited[name]]),
  );
}

/** One sentence for each change. */
export function draftSentences(user: UserDetail, change: Partial<UserDraft>, names: SettingNames): readonly string[] {
  const sentences: string[] = [];
  const { displayName, publicName, email, isDisabled, isBreakGlass, mustChangePassword, expiresAt, settings } = change;
  if (displayName !== undefined) sentences.push(`Display name: “${displayName}”, was “${user.displayName}”`);
  if (publicName !== undefined) sentences.push(`Name shown to customers: “${publicName}”, was “${user.publicName}”`);
  if (email !== undefined) sentences.push(`Email: “${email}”, was “${user.email}”`);
  if (isDisabled !== undefined)
    sentences.push(isDisabled ? "The account is disabled and signed out at once" : "The account is enabled again");
  if (isBreakGlass !== undefined)
    sentences.push(isBreakGlass ? "It becomes a break-glass account" : "It is no longer a break-glass account");
  if (mustChangePassword !== undefined)
    sentences.push(
      mustChangePassword ? "The next sign-in asks for a new password" : "The next sign-in asks for no new password",
    );
  if (expiresAt !== undefined) sentences.push(`Ends on: ${endText(expiresAt)}, was ${endText(user.expiresAt)}`);
  if (settings !== undefined) sentences.push(...userChangeSentences(user.settings, settings, names));
  return sentences;
}

function endText(expiresAt: string | null): string {
  return expiresAt === null ? "never" : formatExact(expiresAt);
}

/** Where an account comes from. */
export function providerText({ provider, providerName }: Pick<UserDetail, "provider" | "providerName">): string {
  return provider === "local" ? "Local account" : providerName;
}

/** What is wrong with an e-mail address; "" when nothing shows. It may be left empty. */
export function emailProblem(email: string): string {
  const text = email.trim();
  if (text === "") return "";
  if (!/^[^\s@]+@[^\s@]+$/u.test(text)) return "An address has one @ and no spaces: grace@example.com.";
  return /@.+\../u.test(text) ? "" : "This address has no domain ending, such as .com.";
}

/** The day a field of a date shows, in the reader's time zone. */
export function dayOf(expiresAt: string | null): string {
  if (expiresAt === null) return "";
  const at = new Date(expiresAt);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The end of a day in the reader's time zone; null for a field that is empty. */
export function endOfDay(day: string): string | null {
  const at = new Date(`${day}T23:59:59`);
  return day === "" || Number.isNaN(at.getTime()) ? null : at.toISOString();
}
