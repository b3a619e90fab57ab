/** What the page says of a failover pair. Pure. */
import type { PairEvent, Standby } from "../../../protocol/api/appliance/standby.ts";
import {
  formatBytes,
  formatCount,
  formatDistance,
  formatDuration,
  formatTenths,
  formatTime,
} from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";
import { joinSentences } from "../../languages/sentences.ts";

/** Further behind than this is not in step, in seconds of writes. */
const IN_STEP_SECONDS = 5;

/** How the two stand to each other. */
export function pairState({ peer, copying, behindSeconds }: Standby): { state: StonesState; label: string } {
  if (peer === null) return { state: "offline", label: "No pair" };
  if (!peer.isReached) return { state: "lost", label: "The other one is not reached" };
  if (copying !== null) return { state: "connecting", label: "The first copy runs" };
  if (behindSeconds !== null && behindSeconds > IN_STEP_SECONDS) return { state: "degraded", label: "Behind" };
  return { state: "live", label: "In step" };
}

const LOSS_STANDS_MS = 7 * 86_400_000;

/**
 * The last loss of writes, for as long as the page says it by itself: for seven days, and longer while there is a pair that
 * is not in step. Later it stands in the history alone.
 */
export function lossToTell(pair: Standby, now: Date): PairEvent | null {
  const loss = pair.history.find(({ isLoss }) => isLoss === true);
  if (loss === undefined) return null;
  const isRecent = now.getTime() - Date.parse(loss.at) < LOSS_STANDS_MS;
  const isApart = pair.peer !== null && pairState(pair).state !== "live";
  return isRecent || isApart ? loss : null;
}

/** How the pair is, and its last change of roles or drill. */
export function pairText(pair: Standby, now: Date): string {
  return joinSentences([stateSentence(pair, now), lastSentence(pair, now)]);
}

function stateSentence({ peer, copying, behindSeconds, behindBytes }: Standby, now: Date): string {
  if (peer === null) return "";
  if (!peer.isReached) {
    return peer.lastReachedAt === null
      ? "The other one was never reached."
      : `The other one was last reached ${formatDistance(peer.lastReachedAt, now)}.`;
  }
  if (copying !== null) return `The first whole copy runs, ${formatCount(Math.floor(copying * 100))}% is there.`;
  if (behindSeconds === null) return "How far it is behind is not known yet.";
  const seconds = formatTenths(behindSeconds);
  if (behindSeconds <= IN_STEP_SECONDS) return `In step, ${seconds} s behind.`;
  return behindBytes === null ? `${seconds} s behind.` : `${seconds} s and ${formatBytes(behindBytes)} behind.`;
}

function lastSentence({ lastSwitch }: Standby, now: Date): string {
  if (lastSwitch === null) return "There was no drill yet.";
  const when = formatTime(lastSwitch.at, now);
  const took = formatDuration(lastSwitch.tookMs);
  if (lastSwitch.isDrill) return `Last drill ${when}, took ${took}.`;
  return lastSwitch.isForced
    ? `Roles were changed by force ${when}, took ${took}.`
    : `Roles changed ${when}, took ${took}.`;
}
