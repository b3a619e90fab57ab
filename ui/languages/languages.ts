/** The languages of the user interface. English stands in the components; each other has its catalog, `<code>.po`. */
import { type LanguageCode, languageCodes, languageNames, languageOfTag } from "../../protocol/languages.ts";

/** English text to its translation; forms of a plural stand in one text, a line each. */
export type Catalog = Readonly<Record<string, string>>;

export interface Language {
  /** As in `<html lang>` and in the account. */
  readonly code: LanguageCode;
  /** What it calls itself. */
  readonly name: string;
  /** How dates and numbers are written, a BCP 47 tag. */
  readonly locale: string;
  /** The plural forms a text has in its catalog, in their order; what Intl.PluralRules says beyond them takes the last. */
  readonly plurals: readonly Intl.LDMLPluralRule[];
  /** Its texts; null for English, whose texts stand in the components. */
  readonly load: (() => Promise<{ readonly catalog: Catalog }>) | null;
}

const ways: Readonly<Record<LanguageCode, Pick<Language, "locale" | "plurals" | "load">>> = {
  en: { locale: "en-GB", plurals: ["one", "other"], load: null },
  de: { locale: "de-DE", plurals: ["one", "other"], load: () => import("./de.po") },
  es: { locale: "es-ES", plurals: ["one", "other"], load: () => import("./es.po") },
  fr: { locale: "fr-FR", plurals: ["one", "other"], load: () => import("./fr.po") },
  ja: { locale: "ja-JP", plurals: ["other"], load: () => import("./ja.po") },
};
const languageBy = (code: LanguageCode): Language => ({ code, name: languageNames[code], ...ways[code] });

/** English first, then by their own names. */
export const languages: readonly Language[] = languageCodes.map(languageBy);

/** The language of a code; null for one the user interface does not speak. */
export function languageOf(code: string): Language | null {
  return languages.find((language) => language.code === code) ?? null;
}

/**
 * The first of the browser's languages that is spoken here, English if none is.
 * @param wanted BCP 47 tags, the dearest first, as in navigator.languages
 */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const code = languageOfTag(tag);
    if (code !== null) return languageBy(code);
  }
  return languageBy("en");
}
