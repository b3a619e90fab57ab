import type { LiveSession } from "../../connection/live-sessions.ts";

/** Somebody who has just joined a session one is in. */
export interface Newcomer {
  readonly session: string;
  readonly hostName: string;
  readonly name: string;
}

/** Who joined between two states of the sessions. Sessions that are new to us bring no newcomers; we are none either. */
export function newcomers(
  before: ReadonlyMap<string, LiveSession>,
  after: ReadonlyMap<string, LiveSession>,
  me: string,
): readonly Newcomer[] {
  return [...after.values()].flatMap(({ view }) => {
    const known = before.get(view.session)?.view.participants;
    if (known === undefined) return [];
    const there = new Set(known.map(({ representative }) => representative));
    return view.participants
      .filter(({ representative }) => representative !== me && !there.has(representative))
      .map(({ displayName }) => ({ session: view.session, hostName: view.hostName, name: displayName }));
  });
}
