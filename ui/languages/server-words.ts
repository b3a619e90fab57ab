/**
 * What the server wrote in English, in the page's language: lines of a session's log, by protocol/session-lines.ts, and
 * what it did and found, by protocol/server-sentences.ts.
 */
import { readServerSentence } from "../../protocol/server-sentences.ts";
import { readSessionLine, type SessionLineParts } from "../../protocol/session-lines.ts";
import { readWrittenTime } from "../../protocol/written-time.ts";
import { formatExact } from "../kit/format.ts";
import { say } from "./say.ts";
import { joinSentences } from "./sentences.ts";

/** @param text as the server wrote it; it comes back as it is where it looks like no line that is known. */
export function lineInWords(text: string): string {
  const parts = readSessionLine(text);
  return parts === null ? text : said(parts);
}

/** The same for a line the server ends with a full stop, as when it tells that a session is over. */
export function sentenceInWords(text: string): string {
  const parts = readSessionLine(text) ?? readSessionLine(text.replace(/\.$/u, ""));
  return parts === null ? text : `${said(parts).replace(/[.。]$/u, "")}.`;
}

/** What the server says of its doings, one sentence or several; what is not known of it stays English. */
export function serverText(text: string): string {
  return saidSentence(text) ?? joinSentences(sentencesOf(text).map(saidWithin));
}

/** What a customer was asked for is the name of a permission, and has a translation of its own. */
function said({ line, values }: SessionLineParts): string {
  const isAnswer = line.includes("customer") && line.endsWith(": {1}");
  return say(line, isAnswer ? values.map((value, at) => (at === 1 ? say(value) : value)) : values);
}

/** What is filled in may be a sentence again: why something failed. */
function saidSentence(text: string): string | null {
  const parts = readServerSentence(text);
  if (parts === null) return null;
  if (parts.line.endsWith(": {0}") || parts.line.endsWith(": {1}"))
    return say(parts.line, parts.values.map(serverText));
  // "{0} became the standby." fits two sentences, too, of which it is the second.
  if (parts.values.some((value) => sentencesOf(value).length > 1)) return null;
  return say(parts.line, parts.values.map(valueInWords));
}

function valueInWords(value: string): string {
  const time = readWrittenTime(value);
  return time === null ? value : formatExact(time);
}

/** "1.4.0: The update was cancelled." leads with what it is about. */
function saidWithin(sentence: string): string {
  const whole = saidSentence(sentence);
  const lead = /^(\S+): (.+)$/su.exec(sentence);
  if (whole !== null || lead === null) return whole ?? sentence;
  return `${lead[1]!}: ${saidSentence(lead[2]!) ?? lead[2]!}`;
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?]) (?=[\p{Lu}\d])/u);
}
