/** What a row of the Jump Items table says; pure. Times come as UTC ISO 8601, now as ms since 1970. */
import type { JumpItemRow } from "../../../protocol/api/console.ts";
import { formatDuration, formatTime } from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";

export interface StatusShown {
  readonly state: StonesState;
  readonly word: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Online, in session, or offline and for how long. */
export function statusOf(row: Pick<JumpItemRow, "status" | "statusSince">, nowMs: number): StatusShown {
  if (row.status === "online") return { state: "online", word: "Online" };
  if (row.status === "in-session") return { state: "live", word: "In session" };
  return { state: "offline", word: `Offline ${shortly(nowMs - Date.parse(row.statusSince))}`.trim() };
}

/** One unit only: "3 h", "21 d"; "" for what is no duration. */
function shortly(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 60_000) return "";
  return formatDuration(milliseconds).split(" ").slice(0, 2).join(" ");
}

/** When it was last accessed: "2 min ago", "Today 09:41", "Yesterday", "14 Nov", "14 Nov 2025"; "never". */
export function accessedText(at: string | null, nowMs: number, timeZone?: string): string {
  const then = at === null ? Number.NaN : Date.parse(at);
  if (Number.isNaN(then)) return "never";
  const ago = nowMs - then;
  if (ago < 60_000) return "now";
  if (ago < HOUR_MS) return `${Math.floor(ago / 60_000)} min ago`;
  const text = formatTime(then, nowMs, timeZone);
  if (text.includes(":")) return `Today ${text}`;
  return formatTime(then, nowMs - DAY_MS, timeZone).includes(":") ? "Yesterday" : text;
}

export interface SignedIn {
  readonly text: string;
  /** Nobody, or a locked screen: less to say. */
  readonly isQuiet: boolean;
}

/** Who is signed in at the computer, in a word or two. */
export function signedInText(row: Pick<JumpItemRow, "signedInUsers" | "isScreenLocked">): SignedIn {
  const [first, ...others] = row.signedInUsers;
  if (first === undefined) return { text: "nobody", isQuiet: true };
  if (row.isScreenLocked === true) return { text: "locked", isQuiet: true };
  return { text: others.length === 0 ? first : `${first} +${others.length}`, isQuiet: false };
}

/** What stands beside the name: the host name where it is another, else the comment's first line. */
export function besideName(row: Pick<JumpItemRow, "name" | "hostName" | "comments">): string {
  if (row.hostName !== "" && row.hostName.toLowerCase() !== row.name.toLowerCase()) return row.hostName;
  return row.comments.split("\n", 1)[0] ?? "";
}

export const jumpMethods: Readonly<Record<JumpItemRow["jumpMethod"], string>> = { "jump-client": "Jump Client" };
