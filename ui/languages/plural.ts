/** Texts that differ with a count. */
import { spokenLanguage } from "./say.ts";

/**
 * "1 user", "24 users": the form that fits the count, with the count for its #. Written with the forms as they stand,
 * so that they are found for translation: `plural(count, ["# user", "# users"])`.
 * @param forms singular and plural; other languages have as many as they need
 */
export function plural(count: number, forms: readonly string[]): string {
  const { locale, plurals } = spokenLanguage();
  // What is not translated has the two forms of English.
  const isTranslated = forms.length === plurals.length;
  const rule = new Intl.PluralRules(isTranslated ? locale : "en").select(count);
  const at = isTranslated ? plurals.indexOf(rule) : Number(rule !== "one");
  const form = forms[at] ?? forms.at(-1) ?? "#";
  return form.replaceAll("#", count.toLocaleString(locale));
}
