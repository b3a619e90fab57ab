import { type SentenceParts, sentenceReader } from "./sentence-patterns.ts";

/**
 * What the lines of a session's log look like. The server writes them in English, {0} and {1} filled in; a page that
 * speaks another language knows by these what a line says, and says it in its own. Of two that fit, the first counts.
 */
export const sessionLines = [
  "{0} started the session",
  "{0} started outside the Jump Policy's schedule",
  "{0} joined outside the Jump Policy's schedule",
  "The ticket is {0}",
  "The Jump Policy's schedule ends this session in 1 minute",
  "The Jump Policy's schedule ends this session in {0} minutes",
  "The Jump Policy's schedule ended the session",
  "The appliance restarts in 1 minute",
  "The appliance restarts in {0} minutes",
  "The appliance restarts now; the session goes on when it is back",
  "The appliance is switched off in 1 minute",
  "The appliance is switched off in {0} minutes",
  "The appliance is switched off now",
  "The software restarts in 1 minute",
  "The software restarts in {0} minutes",
  "The software restarts now; the session goes on when it is back",
  "The restart was called off",
  // in logs of before: it could only be the appliance's
  "The restart of the appliance was called off",
  "The customer ended the session",
  "The notice at the computer was closed, which ends the session",
  "The customer allowed {0}: {1}",
  "The customer denied {0}: {1}",
  "The customer did not answer {0}: {1}",
  "{0} did not wait for the customer: {1}",
  "{0} joined the session",
  "{0} left the session",
  "{0} now owns the session",
  "{0} ended the session",
  "{0} is connected again",
  "{0} lost the connection",
  "Connected to {0}",
  "The connection to {0} was lost; waiting for it to return",
  "The last participant left",
  "Every participant was gone for 5 minutes",
  "{0} did not return within 10 minutes",
  "The Jump Client was removed",
  "You left the session",
  // tools
  "{0} opened the screen",
  "{0} took control of keyboard and mouse",
  "{0} opened a command shell",
  "{0} ended a command shell",
  "{0} sent {1} characters of clipboard text",
  "{0} fetched {1} characters of clipboard text",
  "{0} looked at the system information",
  // files
  "{0} created the folder {1}",
  "{0} renamed {1} to {2}",
  "{0} deleted 1 item",
  "{0} deleted {1} items",
  "{0} deleted {1} items ({2} failed)",
  "{0} copied 1 item to {1}",
  "{0} copied {1} items to {2}",
  "{0} copied {1} items ({2} failed) to {3}",
  "{0} moved 1 item to {1}",
  "{0} moved {1} items to {2}",
  "{0} moved {1} items ({2} failed) to {3}",
  "{0} downloaded the folder {1}.",
  "{0} downloaded {1}.",
  "{0} uploaded the folder {1}. Checksums match.",
  "{0} uploaded {1}. Checksums match.",
  "{0} cancelled the download of the folder {1}.",
  "{0} cancelled the download of {1}.",
  "{0} cancelled the upload of the folder {1}.",
  "{0} cancelled the upload of {1}.",
  "The download of the folder {0} by {1} failed. {2}",
  "The download of {0} by {1} failed. {2}",
  "The upload of the folder {0} by {1} failed. {2}",
  "The upload of {0} by {1} failed. {2}",
  "{0} files of {1} are not in the zip. causeway-missing.txt inside tells why.",
] as const;

/** A line taken apart: which one it is, and what is filled in. */
export type SessionLineParts = SentenceParts<(typeof sessionLines)[number]>;

/** What a line says; null for one that looks like none of them, such as a refusal behind a name. */
export const readSessionLine: (text: string) => SessionLineParts | null = sentenceReader(sessionLines);
