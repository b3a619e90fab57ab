/** A line of the session's log in the page's language. The server writes it in English, by protocol/session-lines.ts. */
import { readSessionLine, type SessionLineParts } from "../../../protocol/session-lines.ts";
import { say } from "../../languages/say.ts";

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

/** What a customer was asked for is the name of a permission, and has a translation of its own. */
function said({ line, values }: SessionLineParts): string {
  const isAnswer = line.includes("customer") && line.endsWith(": {1}");
  return say(line, isAnswer ? values.map((value, at) => (at === 1 ? say(value) : value)) : values);
}
