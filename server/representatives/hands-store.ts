/** The SQL of who had a hand in whose account. */
import { sql } from "kysely";
import type { Queries, Tx } from "../database/database.ts";

/** Keeps it; `team` "": in the account itself. */
export async function insertHand(tx: Tx, account: string, hand: string, team: string): Promise<void> {
  const insert = tx.insertInto("account_hands").values({ account, hand, team });
  await insert.onConflict((conflict) => conflict.doNothing()).execute();
}

/** Forgets who made these the leads or managers of a team. */
export async function deleteTeamHands(tx: Tx, team: string, accounts: readonly string[]): Promise<void> {
  const listed = sql<string>`(select value from json_each(${JSON.stringify(accounts)}))`;
  await tx.deleteFrom("account_hands").where("team", "=", team).where("account", "in", listed).execute();
}

/** Everybody who had a hand in this account or in its part in this team, and in their accounts in turn. */
export async function readHands(queries: Queries, account: string, team: string): Promise<ReadonlySet<string>> {
  const hands = sql<{ id: string }>`with recursive reached(id) as (
      select hand from account_hands where account = ${account} and team in ('', ${team})
      union
      select hand from account_hands join reached on account = reached.id where team = '')
    select id from reached`;
  return new Set((await hands.execute(queries)).rows.map(({ id }) => id));
}
