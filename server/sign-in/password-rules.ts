import { AppError } from "../../protocol/errors.ts";

export const MIN_PASSWORD_CHARACTERS = 12;

/**
 * Refuses a password that is too easy to guess.
 * @throws {AppError} password.too_weak
 */
export function checkNewPassword(password: string, username: string): void {
  if (Array.from(password).length < MIN_PASSWORD_CHARACTERS)
    throw tooWeak(`The password has fewer than ${MIN_PASSWORD_CHARACTERS} characters. A few words make a good one.`);
  if (password.toLowerCase().includes(username.toLowerCase()) && username.length >= 3)
    throw tooWeak("The password contains the user name. Choose one without it.");
  if (new Set(password).size < 5)
    throw tooWeak("The password repeats a few characters. Choose one with more different ones.");
}

const tooWeak = (message: string): AppError => new AppError("password.too_weak", message);
