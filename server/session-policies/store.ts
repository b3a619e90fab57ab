/** The SQL of session policies. */
import { sql } from "kysely";
import type { SessionRules } from "../../protocol/session-policy.ts";
import type { Queries, Tx } from "../database/database.ts";

/** To whom it may be assigned. */
export interface Availability {
  readonly users: boolean;
  readonly repInvite: boolean;
  readonly jumpItems: boolean;
}
/** What a person says of a session policy. */
export interface SessionPolicyWords {
  readonly displayName: string;
  readonly codeName: string;
  readonly description: string;
  readonly availability: Availability;
  readonly rules: SessionRules;
}
export interface SessionPolicyStored extends SessionPolicyWords {
  readonly id: string;
  readonly createdAt: string;
  readonly version: number;
}

const columns = [
  ...(["id", "display_name as displayName", "code_name as codeName", "description", "rules"] as const),
  ...(["for_users", "for_rep_invite", "for_jump_items", "created_at as createdAt", "version"] as const),
] as const;

type Flag = 0 | 1;
interface Stored extends Omit<SessionPolicyStored, "rules" | "availability"> {
  readonly rules: string;
  readonly for_users: Flag;
  readonly for_rep_invite: Flag;
  readonly for_jump_items: Flag;
}
function toPolicy(row: Stored): SessionPolicyStored {
  const { rules, for_users: users, for_rep_invite: repInvite, for_jump_items: jumpItems, ...rest } = row;
  const availability = { users: users === 1, repInvite: repInvite === 1, jumpItems: jumpItems === 1 };
  return { ...rest, availability, rules: JSON.parse(rules) as SessionRules };
}

/** By name. */
export async function listSessionPolicies(queries: Queries): Promise<SessionPolicyStored[]> {
  return (await queries.selectFrom("session_policies").select(columns).orderBy("display_name").execute()).map(toPolicy);
}

export async function findSessionPolicy(queries: Queries, id: string): Promise<SessionPolicyStored | null> {
  const row = await queries.selectFrom("session_policies").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toPolicy(row);
}

/** Who has this name, whatever the case; null: nobody. */
export async function findNamed(queries: Queries, name: string): Promise<{ id: string; name: string } | null> {
  const query = queries.selectFrom("session_policies").select(["id", "display_name as name"]);
  return (await query.where("display_name", "=", name).executeTakeFirst()) ?? null;
}

/** The id of the one with this code name; null: none. */
export async function findByCodeName(queries: Queries, codeName: string): Promise<string | null> {
  const query = queries.selectFrom("session_policies").select("id").where("code_name", "=", codeName);
  return (await query.executeTakeFirst())?.id ?? null;
}

export async function insertSessionPolicy(tx: Tx, row: SessionPolicyStored): Promise<void> {
  const { id, version, createdAt } = row;
  await tx
    .insertInto("session_policies")
    .values({ id, version, ...columnsOf(row), created_at: createdAt })
    .execute();
}

/** Writes it and raises the version. */
export async function updateSessionPolicy(tx: Tx, row: SessionPolicyStored): Promise<void> {
  await tx
    .updateTable("session_policies")
    .set((eb) => ({ ...columnsOf(row), version: eb("version", "+", 1) }))
    .where("id", "=", row.id)
    .execute();
}

const flag = (isSet: boolean): Flag => (isSet ? 1 : 0);
const columnsOf = ({ displayName, codeName, description, availability, rules }: SessionPolicyWords) => ({
  display_name: displayName,
  code_name: codeName,
  description,
  for_users: flag(availability.users),
  for_rep_invite: flag(availability.repInvite),
  for_jump_items: flag(availability.jumpItems),
  rules: JSON.stringify(rules),
});

/** Jump Clients that only wait to be told to uninstall hold it back no longer. */
export async function deleteSessionPolicy(tx: Tx, id: string): Promise<void> {
  for (const column of ["present_policy", "absent_policy"] as const)
    await tx
      .updateTable("jump_clients")
      .set({ [column]: null })
      .where("is_leaving", "=", 1)
      .where(column, "=", id)
      .execute();
  await tx.deleteFrom("session_policies").where("id", "=", id).execute();
}

/** The first Jump Items whose searchable words hold this text. */
export async function findJumpItems(queries: Queries, text: string, limit: number) {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
  const query = queries.selectFrom("jump_clients").select(["id", "name"]).where("is_leaving", "=", 0);
  return await query
    .where(sql<boolean>`search_text like ${pattern} escape '\\'`)
    .orderBy("name")
    .limit(limit)
    .execute();
}
