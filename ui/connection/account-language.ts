/** The account's language, as the server keeps it: /login and the console both follow it (LOGIN-25). */
import { Type } from "@sinclair/typebox";
import { language } from "../languages/language.ts";
import { api } from "./api.ts";

/**
 * Keeps it with the account; the page is loaded again in it.
 * @param code "" follows the browser
 * @throws {AppError} what stands against it
 */
export async function changeAccountLanguage(area: "login" | "console", code: string): Promise<void> {
  await api.patch(`/api/${area}/account`, { language: code }, Type.Unknown());
  language.follow({ account: code });
}
