/** What a session says of itself while it does not simply run; pure. */
import type { ConnectionState } from "../../connection/console-connection.ts";
import type { LiveSession } from "../../connection/live-sessions.ts";
import { sentenceInWords } from "../../languages/server-words.ts";

export interface SessionNotice {
  /** A banner over the tools; or the whole place of the tools. */
  readonly kind: "banner" | "connecting" | "ended";
  readonly title: string;
  readonly text: string;
}

/** null while the session runs and our own connection stands (of our own loss the frame's banner tells). */
export function noticeOf({ view, endMessage }: LiveSession, connection: ConnectionState): SessionNotice | null {
  if (view.state === "ended")
    return {
      kind: "ended",
      title: "The session has ended",
      text: endMessage === null ? "" : sentenceInWords(endMessage),
    };
  if (connection !== "open") return null;
  if (view.state === "connecting")
    return {
      kind: "connecting",
      title: `Connecting to ${view.name}`,
      text: "The computer was asked to open the session. Its answer is awaited.",
    };
  if (view.state === "agent-lost")
    return {
      kind: "banner",
      title: `${view.name} does not answer.`,
      text: "Its connection is lost and it is tried again. Nothing is lost: shells and transfers go on from where they were.",
    };
  return null;
}
