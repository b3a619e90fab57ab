/** Which of the things that settings name are there. */
import { sql } from "kysely";
import type { Tx } from "../database/database.ts";

const listed = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;

/** Of these Jump Item Roles, the ones there are. */
export async function findRoles(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.selectFrom("jump_item_roles").select("id").where("id", "in", listed(ids)).execute();
  return new Set(rows.map(({ id }) => id));
}

/** Of these session policies, the ones there are, with whether users may have them (SPOL-01). */
export async function findSessionPolicies(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, { name: string; isForUsers: boolean }>> {
  const rows = await tx
    .selectFrom("session_policies")
    .select(["id", "display_name as name", "for_users"])
    .where("id", "in", listed(ids))
    .execute();
  return new Map(rows.map(({ id, name, for_users: isFor }) => [id, { name, isForUsers: isFor === 1 }]));
}
