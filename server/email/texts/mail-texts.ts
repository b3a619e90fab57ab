/** The messages of each language; one that lacks a message does not compile. */
import { type LanguageCode, languageOfTag } from "../../../protocol/languages.ts";
import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { japanese } from "./japanese.ts";
import type { MailTexts } from "./mail-text.ts";
import { spanish } from "./spanish.ts";

export const mailTexts: Readonly<Record<LanguageCode, MailTexts>> = {
  en: english,
  de: german,
  es: spanish,
  fr: french,
  ja: japanese,
};

/**
 * The language of a message to somebody.
 * @param chosen the receiver's own; "" for none
 */
export function mailLanguage(chosen: string, site: { readonly language: LanguageCode }): LanguageCode {
  return languageOfTag(chosen) ?? site.language;
}
