import type { Queries, Tx } from "../database/database.ts";

export interface ScimGroup {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | null;
}

const columns = ["id", "display_name", "external_id"] as const;
const toGroup = (row: { id: string; display_name: string; external_id: string | null }): ScimGroup => ({
  id: row.id,
  displayName: row.display_name,
  externalId: row.external_id,
});

export async function listGroups(queries: Queries, provider: string): Promise<ScimGroup[]> {
  const query = queries.selectFrom("scim_groups").select(columns).where("provider", "=", provider);
  return (await query.orderBy("display_name").execute()).map(toGroup);
}

export async function findGroup(queries: Queries, provider: string, id: string): Promise<ScimGroup | null> {
  const query = queries.selectFrom("scim_groups").select(columns).where("provider", "=", provider).where("id", "=", id);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : toGroup(row);
}

export async function insertGroup(tx: Tx, provider: string, group: ScimGroup): Promise<void> {
  const { id, displayName, externalId } = group;
  await tx
    .insertInto("scim_groups")
    .values({ id, provider, display_name: displayName, external_id: externalId })
    .execute();
}

/** Renames it with its members' rows. */
export async function updateGroup(tx: Tx, provider: string, before: ScimGroup, after: ScimGroup): Promise<void> {
  await tx
    .updateTable("scim_groups")
    .set({ display_name: after.displayName, external_id: after.externalId })
    .where("id", "=", before.id)
    .execute();
  await tx
    .updateTable("external_groups")
    .set({ group_name: after.displayName })
    .where("provider", "=", provider)
    .where("group_name", "=", before.displayName)
    .execute();
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("scim_groups").where("id", "=", id).execute();
}

/** Ids of the accounts in a group. */
export async function listMembers(queries: Queries, provider: string, name: string): Promise<string[]> {
  const rows = await queries
    .selectFrom("external_groups")
    .select("representative")
    .where("provider", "=", provider)
    .where("group_name", "=", name)
    .orderBy("representative")
    .execute();
  return rows.map((row) => row.representative);
}

/** Names of the groups an account is in. */
export async function listGroupNames(queries: Queries, provider: string, representative: string): Promise<string[]> {
  const rows = await queries
    .selectFrom("external_groups")
    .select("group_name")
    .where("provider", "=", provider)
    .where("representative", "=", representative)
    .execute();
  return rows.map((row) => row.group_name);
}
