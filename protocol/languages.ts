/** The languages Causeway speaks: its pages, its messages, and the question before a customer. */
export const languageCodes = ["en", "de", "es", "fr", "ja"] as const;
/** ISO 639-1. */
export type LanguageCode = (typeof languageCodes)[number];

/** What each calls itself. */
export const languageNames: Readonly<Record<LanguageCode, string>> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
};

/** The language of a BCP 47 tag ("de-AT") or of a POSIX locale ("de_AT.UTF-8"); null for one that is not spoken. */
export function languageOfTag(tag: string): LanguageCode | null {
  const code = /^[A-Za-z]+/u.exec(tag)?.[0].toLowerCase();
  return languageCodes.find((language) => language === code) ?? null;
}
