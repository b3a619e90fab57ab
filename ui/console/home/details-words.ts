/** What the details panel says of a Jump Item; pure. Now is ms since 1970. */
import type { JumpItemDetail } from "../../../protocol/api/console.ts";
import { formatDuration, formatExact } from "../../kit/format.ts";
import type { KeyValuePair } from "../../kit/KeyValue.svelte";
import { accessedText, jumpMethods } from "./row-words.ts";

/** The lines under "Details"; what is not known has no line. */
export function factsOf(item: JumpItemDetail, nowMs: number): readonly KeyValuePair[] {
  const pairs: KeyValuePair[] = [
    { key: "Host name", value: item.hostName, isMono: true },
    { key: "Address", value: item.privateAddresses.join(", "), isMono: true },
    { key: "Seen from", value: item.publicAddress, isMono: true },
    { key: "System", value: [item.operatingSystem, item.architecture].filter(Boolean).join(", ") },
    { key: "Signed in", value: signedInText(item) },
    { key: "Group", value: item.tag === "" ? item.jumpGroupName : `${item.jumpGroupName}, # ${item.tag}` },
    { key: "Jump method", value: `${jumpMethods["jump-client"]} ${item.agentVersion}`.trim() },
    { key: "Last access", value: accessedText(item.lastAccessedAt, nowMs), ...exactly(item.lastAccessedAt) },
    { key: "Comment", value: item.comments },
  ];
  return pairs.filter(({ value }) => value !== "");
}

const exactly = (time: string | null): Pick<KeyValuePair, "title"> =>
  time === null ? {} : { title: formatExact(time) };

function signedInText({ signedInUsers, isScreenLocked, hasDisplay }: JumpItemDetail): string {
  const who = signedInUsers.length === 0 ? "nobody" : signedInUsers.join(", ");
  if (!hasDisplay) return `${who}, no display`;
  if (isScreenLocked === null) return who;
  return isScreenLocked ? `${who}, screen locked` : `${who}, screen unlocked`;
}

export interface SessionBanner {
  readonly title: string;
  readonly text: string;
}

/** Who is in the session that runs, and what Jump does then. */
export function sessionBanner({ session }: JumpItemDetail, nowMs: number): SessionBanner | null {
  if (session === null) return null;
  const duration = formatDuration(Math.max(0, nowMs - Date.parse(session.startedAt)));
  const others = session.participants.length;
  if (session.includesMe) return { title: "You are in a session here.", text: `${duration}. Jump shows it.` };
  return {
    title:
      others === 0
        ? "A session runs here."
        : others === 1
          ? `${listed(session.participants)} is in a session here.`
          : `${listed(session.participants)} are in a session here.`,
    text: `${duration}. Jump joins it, and its owner ${session.owner} is told.`,
  };
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
