/** What was typed as an announcement, as it is sent: line breaks as one character, tabs as spaces, nothing invisible. */
export function announcementText(typed: string): string {
  return typed
    .replaceAll(/\r\n?/gu, "\n")
    .replaceAll("\t", " ")
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/gu, "")
    .trim();
}
