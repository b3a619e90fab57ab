/**
 * Who had a hand in whose account: who made it, or set its password, its address or its proofs, could act as it; who made
 * somebody the lead of a team chose them. So none of those has their own requests for access answered there (NA37).
 */
import type { Actor } from "../actor.ts";
import type { Queries, Tx } from "../database/database.ts";
import { deleteTeamHands, insertHand, readHands } from "./hands-store.ts";

/** Writes down that the actor made an account, or set what it signs in with. */
export async function keepHand(tx: Tx, { id }: Pick<Actor, "id">, account: string): Promise<void> {
  if (id !== account) await insertHand(tx, account, id, "");
}

/** Writes down that the actor gave these their parts in a team; those who lead it are kept, the others forgotten. */
export async function keepTeamHands(
  tx: Tx,
  { id }: Pick<Actor, "id">,
  team: string,
  { leading, others }: { readonly leading: readonly string[]; readonly others: readonly string[] },
): Promise<void> {
  await deleteTeamHands(tx, team, [...leading, ...others]);
  for (const lead of leading) if (lead !== id) await insertHand(tx, lead, id, team);
}

/** Everybody who could be behind this account's answer for a team, one account through another; null: for no team. */
export async function handsIn(queries: Queries, account: string, team: string | null): Promise<ReadonlySet<string>> {
  return await readHands(queries, account, team ?? "");
}
