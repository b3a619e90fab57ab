/** The sentences of the notice that says who is connected, in a language. Pure. */
import type { LanguageCode } from "../../../protocol/languages.ts";
import type { MessageBody } from "../../../protocol/messages.ts";
import { MAX_NAME, questionWords, short } from "./question-sentences.ts";
import { fill } from "./question-words.ts";

/** What the notice shows, ready to read. */
export interface NoticeSentences {
  readonly connected: string;
  readonly siteName: string;
  readonly keys: string;
  readonly stop: string;
}

/** Who is connected, as the site says it. */
export type Connected = Pick<MessageBody<"connected-notice.show">, "siteName" | "representatives" | "language">;

export function noticeSentences(connected: Connected, language: LanguageCode): NoticeSentences {
  const { one, many, stop, keys } = questionWords[language].connected;
  const names = connected.representatives.map((name) => short(name, MAX_NAME));
  const who = new Intl.ListFormat(language, { type: "conjunction" }).format(names);
  return {
    connected: fill(names.length === 1 ? one : many, { who }),
    siteName: short(connected.siteName, MAX_NAME),
    ...{ keys, stop },
  };
}
