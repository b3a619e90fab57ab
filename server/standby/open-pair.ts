/** Before a start: asks the other appliance whether it serves since, so that two never do knowingly. */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { dialLane } from "./lane/dial.ts";
import { Pair } from "./pair.ts";

/** A start does not wait longer for an appliance that may be gone. */
const ASK_MS = 2000;

/**
 * What this appliance is in its pair. A primary that was away learns here that it is one no more.
 * @throws {Error} when what is kept of the pair cannot be read
 */
export async function openPair(
  directory: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Pair> {
  const pair = await Pair.open(directory, { clock, log });
  const { role, peer, term, keys } = pair.record;
  if (role !== "primary" || peer === null) return pair;
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const side = { kind: "dialler", keys, hostKey: peer.key, invitation: null } as const;
  const lane = dialLane(peer, side, {
    onOpen: () => undefined,
    onMessage: (_, word) => {
      if (word.type === "state") resolve(word.role === "primary" && !word.hasYielded ? word.term : null);
    },
    onClose: () => resolve(null),
  });
  const timer = setTimeout(() => lane.end("it took too long"), ASK_MS);
  const theirs = await promise;
  clearTimeout(timer);
  lane.end("asked");
  if (theirs !== null && theirs > term) {
    log.warn("the other appliance of the pair serves since; this one is its standby", { term: theirs });
    pair.becomeStandby(theirs);
    pair.begin();
  }
  return pair;
}
