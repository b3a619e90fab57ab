/**
 * Whether Jump Clients find the site again under another certificate. They take what the site's own signed bundle names,
 * and never go back to an older one: so nobody is lost but who holds a bundle far ahead of all the site can still publish,
 * as after a restore of some other appliance's state, or because it lies.
 */
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { PreFlight } from "../../protocol/api/appliance/certificates.ts";
import type { Queries } from "../database/database.ts";
import { countHolders, listLost, newestBundles } from "./store.ts";

/** A bundle's number may jump so far to come above what Jump Clients hold; beyond it one of them could end the numbers. */
export const MAX_LEAP = 10_000;
const SHOWN_LOST = 100;
/** So many bundles back it is looked since when a key is vouched for; further back counts as learning, which is safe. */
const BUNDLES_LOOKED_AT = 200;

const Payload = Type.Object({ keys: Type.Array(Type.String()) });
type Bundle = { readonly version: number; readonly jws: string };

/** How the site's Jump Clients stand to a key that is vouched for, or will be before it is served. */
export async function findReach(queries: Queries, spkiSha256: string): Promise<Omit<PreFlight, "problems">> {
  const bundles = await newestBundles(queries, BUNDLES_LOOKED_AT);
  const newest = bundles[0]?.version ?? 0;
  const reach = newest + MAX_LEAP;
  const counts = await countHolders(queries, { since: vouchedSince(bundles, spkiSha256), newest, reach });
  const { jumpClients, accepting, lost } = counts;
  return {
    ...{ jumpClients, accepting, learning: jumpClients - accepting - lost },
    ...{ lost: lost === 0 ? [] : await listLost(queries, reach, SHOWN_LOST), lostCount: lost },
  };
}

/** The first of the newest bundles, given newest first, from which on each names the key; null: the newest does not. */
export function vouchedSince(bundles: readonly Bundle[], spkiSha256: string): number | null {
  let since: number | null = null;
  for (const { version, jws } of bundles) {
    if (!keysOf(jws).includes(spkiSha256)) return since;
    since = version;
  }
  return since;
}

/** The site signed it itself and kept it, so the signature is not asked again. */
function keysOf(jws: string): string[] {
  const payload: unknown = JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8"));
  return Value.Parse(Payload, payload).keys;
}
