import { providerRefusals } from "../../protocol/provider-refusals.ts";
import { serverText } from "../languages/server-words.ts";
import { spokenLanguage } from "../languages/say.ts";
import { refusalInWords } from "./refusal-words.ts";

/** What a refusal ends with that only the server knows: "(it names https://other.example)". */
const DETAIL = /\.( \(.+\))$/su;

/**
 * Why a security provider's answer was refused, as a person reads it.
 * @param code of the refusal; null or "": none, the message tells of something else
 * @param message the server's own, in English
 */
export function providerRefusalInWords(code: string | null, message: string): string {
  if (spokenLanguage().code === "en") return message;
  if (code === null || code === "") return serverText(message);
  if (!Object.hasOwn(providerRefusals, code)) return refusalInWords(code, message);
  const { means, doThis } = providerRefusals[code as keyof typeof providerRefusals];
  return `${means} ${doThis}${DETAIL.exec(message)?.[1] ?? ""}`;
}
