/** The sentences of one question, in a language. Pure. */
import { type LanguageCode, languageOfTag } from "../../../protocol/languages.ts";
import type { MessageBody } from "../../../protocol/messages.ts";
import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { japanese } from "./japanese.ts";
import { fill, type QuestionWords, type Wish } from "./question-words.ts";
import { spanish } from "./spanish.ts";

/** Every language's words; one that lacks a sentence does not compile. */
export const questionWords: Readonly<Record<LanguageCode, QuestionWords>> = {
  en: english,
  de: german,
  es: spanish,
  fr: french,
  ja: japanese,
};

/** What the window shows, ready to read. */
export interface QuestionSentences {
  readonly siteName: string;
  readonly remoteSupport: string;
  readonly question: string;
  readonly meaning: string;
  readonly howItEnds: string;
  readonly allow: string;
  readonly deny: string;
  silence(secondsLeft: number): string;
}

/** What is asked, as the site says it. */
export type AskedOfCustomer = Pick<
  MessageBody<"consent.ask">,
  "siteName" | "representative" | "wish" | "permission" | "language" | "whenUnanswered"
>;

/** In letters; longer names are cut, so that what is asked always stands there whole. */
export const MAX_NAME = 40;
const MAX_WISH = 60;

export function questionSentences(asked: AskedOfCustomer, language: LanguageCode): QuestionSentences {
  const words = questionWords[language];
  const [siteName, who] = [short(asked.siteName, MAX_NAME), short(asked.representative, MAX_NAME)];
  const wish = short(asked.wish, MAX_WISH);
  const { question, meaning } = wishOf(words, asked.permission);
  return {
    ...{ siteName, remoteSupport: words.remoteSupport, allow: words.allow, deny: words.deny },
    question: fill(question, { who, wish }),
    meaning: fill(meaning, { who, wish }),
    howItEnds: fill(words.howItEnds, { who }),
    silence: (secondsLeft) => fill(words.silence[asked.whenUnanswered ?? "deny"], { seconds: String(secondsLeft) }),
  };
}

/** At most so many letters in one line, without signs that turn the direction of writing or show nothing. */
export function short(text: string, maxLetters: number): string {
  const letters = [...text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim()];
  return letters.length <= maxLetters
    ? letters.join("")
    : `${letters
        .slice(0, maxLetters - 1)
        .join("")
        .trim()}…`;
}

function wishOf({ wishes, otherWish }: QuestionWords, permission: string | undefined): Wish {
  const known: Readonly<Record<string, Wish>> = wishes;
  return permission !== undefined && Object.hasOwn(known, permission) ? known[permission]! : otherWish;
}

/**
 * In which language to ask, the best first: the desktop's, the site's, English.
 * @param locale of the desktop ("de_DE.UTF-8"); null: not known
 */
export function languagesToAskIn(locale: string | null, siteLanguage: string | undefined): LanguageCode[] {
  const wanted = [languageOfTag(locale ?? ""), languageOfTag(siteLanguage ?? ""), "en" as const];
  return [...new Set(wanted.filter((language) => language !== null))];
}
