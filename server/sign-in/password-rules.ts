import type { Static } from "@sinclair/typebox";
import type { PasswordRules } from "../../protocol/api/security.ts";
import { AppError } from "../../protocol/errors.ts";

type Rules = Pick<Static<typeof PasswordRules>, "minLength" | "minKinds">;
/** What a site begins with; the account that sets it up is held to it. */
const firstRules: Rules = { minLength: 12, minKinds: 1 };

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/**
 * Refuses a password that is too easy to guess.
 * @throws {AppError} password.too_weak
 */
export function checkNewPassword(password: string, username: string, rules: Rules = firstRules): void {
  if (Array.from(password).length < rules.minLength)
    throw tooWeak(`The password has fewer than ${rules.minLength} characters. A few words make a good one.`);
  if (kinds.filter((kind) => kind.test(password)).length < rules.minKinds)
    throw tooWeak(`The password needs ${rules.minKinds} of these: small letters, capitals, digits, other characters.`);
  if (password.toLowerCase().includes(username.toLowerCase()) && username.length >= 3)
    throw tooWeak("The password contains the user name. Choose one without it.");
  if (new Set(password).size < 5)
    throw tooWeak("The password repeats a few characters. Choose one with more different ones.");
}

/** What a new password must be, in a sentence for the person who chooses one. */
export function passwordRulesText({ minLength, minKinds, historyCount }: Static<typeof PasswordRules>): string {
  const kindsText = minKinds === 1 ? "" : `, with ${minKinds} of: small letters, capitals, digits, other characters`;
  const history = historyCount === 0 ? "" : ` None of the last ${historyCount}.`;
  return `At least ${minLength} characters${kindsText}. Without your user name.${history}`;
}

const tooWeak = (message: string): AppError => new AppError("password.too_weak", message);
