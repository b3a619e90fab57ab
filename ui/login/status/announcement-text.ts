import { REFUSED_CHARACTERS } from "../../../protocol/api/announcements.ts";

const REFUSED = new RegExp(`[${REFUSED_CHARACTERS}]`, "gu");

/** What was typed as an announcement, as it is sent: line breaks as one character, tabs as spaces, nothing that is refused. */
export function announcementText(typed: string): string {
  return typed
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/gu, "\n")
    .replaceAll("\t", " ")
    .replaceAll(REFUSED, "")
    .trim();
}
