/** The SQL of Jump Policies. */
import type { JumpRules } from "../../protocol/api/policies.ts";
import type { Queries, Tx } from "../database/database.ts";

/** What a person says of a Jump Policy. */
export interface JumpPolicyWords {
  readonly displayName: string;
  readonly codeName: string;
  readonly description: string;
  readonly rules: JumpRules;
}
export interface JumpPolicyRow extends JumpPolicyWords {
  readonly id: string;
  readonly version: number;
}

const columns = [
  ...(["id", "display_name as displayName", "code_name as codeName"] as const),
  ...(["description", "rules", "version"] as const),
] as const;
type Stored = Omit<JumpPolicyRow, "rules"> & { rules: string };
const toPolicy = ({ rules, ...row }: Stored): JumpPolicyRow => ({ ...row, rules: JSON.parse(rules) as JumpRules });

/** By name. */
export async function listJumpPolicies(queries: Queries): Promise<JumpPolicyRow[]> {
  return (await queries.selectFrom("jump_policies").select(columns).orderBy("display_name").execute()).map(toPolicy);
}

export async function findJumpPolicy(queries: Queries, id: string): Promise<JumpPolicyRow | null> {
  const row = await queries.selectFrom("jump_policies").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toPolicy(row);
}

/** Who has this name, whatever the case; null: nobody. */
export async function findNamed(queries: Queries, name: string): Promise<{ id: string; name: string } | null> {
  const query = queries.selectFrom("jump_policies").select(["id", "display_name as name"]);
  return (await query.where("display_name", "=", name).executeTakeFirst()) ?? null;
}

/** The id of the one with this code name; null: none. */
export async function findByCodeName(queries: Queries, codeName: string): Promise<string | null> {
  const query = queries.selectFrom("jump_policies").select("id").where("code_name", "=", codeName);
  return (await query.executeTakeFirst())?.id ?? null;
}

export async function insertJumpPolicy(tx: Tx, row: JumpPolicyRow, createdAt: string): Promise<void> {
  const { id, version } = row;
  const values = { id, version, ...columnsOf(row), created_at: createdAt };
  await tx.insertInto("jump_policies").values(values).execute();
}

/** Writes what is there and raises the version. */
export async function updateJumpPolicy(tx: Tx, row: JumpPolicyRow): Promise<void> {
  await tx
    .updateTable("jump_policies")
    .set((eb) => ({ ...columnsOf(row), version: eb("version", "+", 1) }))
    .where("id", "=", row.id)
    .execute();
}

const columnsOf = ({ displayName, codeName, description, rules }: JumpPolicyWords) => ({
  display_name: displayName,
  code_name: codeName,
  description,
  rules: JSON.stringify(rules),
});

/** Jump Clients that only wait to be told to uninstall hold it back no longer. */
export async function deleteJumpPolicy(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable("jump_clients")
    .set({ jump_policy: null })
    .where("is_leaving", "=", 1)
    .where("jump_policy", "=", id)
    .execute();
  await tx.deleteFrom("jump_policies").where("id", "=", id).execute();
}

/** Teams that may approve, by name. */
export async function listTeams(queries: Queries): Promise<{ id: string; name: string }[]> {
  return await queries.selectFrom("teams").select(["id", "name"]).orderBy("name").execute();
}
