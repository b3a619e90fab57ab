/** Announcements somebody has put away in this browser. Pure but for the storage it is given. */

/** Where they are kept: /login and /console of a site share it, and so do all their tabs. */
export const PUT_AWAY_KEY = "causeway.announcements.put-away";

/** Ids that were put away; anything that does not read as it was written counts as never kept. */
export function putAwayIn(storage: Pick<Storage, "getItem">): ReadonlySet<string> {
  const kept = parsed(storage.getItem(PUT_AWAY_KEY));
  return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : []);
}

/** Keeps them. A browser that keeps nothing (full, or forbidden) is no reason to stop. */
export function keepPutAway(storage: Pick<Storage, "setItem">, ids: ReadonlySet<string>): void {
  try {
    storage.setItem(PUT_AWAY_KEY, JSON.stringify([...ids]));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
