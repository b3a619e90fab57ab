/** In which of a desktop's languages there are letters to speak. */
import type { LanguageCode } from "../../../protocol/languages.ts";
import type { X11Connection } from "../../x11/connection.ts";
import type { Letters } from "./letters.ts";
import { openLetters } from "./open-letters.ts";

export interface SpeakingLetters {
  readonly language: LanguageCode;
  readonly letters: Letters;
}

/**
 * The first language whose own words there are letters for; the last one in any case. Names may have letters that no
 * font has.
 * @param wordsIn everything that is said in a language, but for names
 * @param scale pixels of the screen for one of the design
 */
export function openSpeakingLetters(
  connection: X11Connection,
  languages: readonly LanguageCode[],
  wordsIn: (language: LanguageCode) => string,
  scale: number,
): SpeakingLetters {
  for (const language of languages) {
    const letters = openLetters(connection, language, scale);
    if (language === languages.at(-1) || letters.canShow(wordsIn(language))) return { language, letters };
    letters[Symbol.dispose]();
  }
  throw new Error("there is always English");
}
