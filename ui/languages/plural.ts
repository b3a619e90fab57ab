/** Texts that differ with a count. */
import { spokenLanguage } from "./say.ts";

/**
 * "1 user", "24 users": the form that fits the count, with the count for its #. Written with the forms as they stand,
 * so that they are found for translation: `plural(count, ["# user", "# users"])`.
 * @param forms singular and plural; other languages have as many as they need
 */
export function plural(count: number, forms: readonly string[]): string {
  const { locale, plurals } = spokenLanguage();
  const at = plurals.indexOf(new Intl.PluralRules(locale).select(count));
  const form = forms[at] ?? forms.at(-1) ?? "#";
  return form.replaceAll("#", count.toLocaleString(locale));
}
