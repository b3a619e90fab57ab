/** How a session's state is shown and said; pure. */
import type { Participant, SessionState, SessionView } from "../../../protocol/messages/session.ts";
import type { StonesState } from "../../kit/Stones.svelte";
import { spokenLanguage } from "../../languages/say.ts";

export interface StateGlyph {
  readonly state: StonesState;
  readonly word: string;
}

const glyphs: Readonly<Record<SessionState, StateGlyph>> = {
  connecting: { state: "connecting", word: "connecting" },
  active: { state: "live", word: "in session" },
  "agent-lost": { state: "lost", word: "lost" },
  ended: { state: "offline", word: "ended" },
};

export function stonesOf(state: SessionState): StateGlyph {
  return glyphs[state];
}

/** What one does in a session, as it stands beside the name: "owner, in control". */
export function roleOf(participant: Participant): string {
  const doingText = !participant.isConnected ? "connection lost" : participant.isControlling ? "in control" : "viewing";
  return participant.isOwner ? `owner, ${doingText}` : doingText;
}

/** Oneself first, then by the time of joining. */
export function orderedParticipants(view: SessionView, me: string): readonly Participant[] {
  return [...view.participants].sort(
    (one, other) =>
      Number(other.representative === me) - Number(one.representative === me) ||
      one.joinedAt.localeCompare(other.joinedAt),
  );
}

/** The time of day of a log line, "14:02:11", in this computer's zone unless one is given. */
export function clockOf(at: string, timeZone?: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "";
  return time.toLocaleTimeString(spokenLanguage().locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
  });
}
