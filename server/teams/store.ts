/** The SQL of teams. */
import { sql } from "kysely";
import type { Team, TeamMember, TeamRole } from "../../protocol/api/users.ts";
import type { Static } from "@sinclair/typebox";
import type { Queries, Tx } from "../database/database.ts";

/** A team without who is in it. */
export interface TeamRow {
  readonly id: string;
  readonly name: string;
  readonly codeName: string;
  readonly comments: string;
  readonly createdAt: string;
  readonly version: number;
}
/** Columns that may be written; absent ones stay. */
export type TeamChanges = Partial<Pick<TeamRow, "name" | "codeName" | "comments">>;
/** Roles by the member's id. */
export type Members = ReadonlyMap<string, TeamRole>;

/** Rows written in one statement. */
const BATCH = 1000;

const columns = ["id", "name", "code_name as codeName", "comments", "created_at as createdAt", "version"] as const;

export async function listTeams(queries: Queries): Promise<TeamRow[]> {
  return await queries.selectFrom("teams").select(columns).orderBy("name").orderBy("id").execute();
}

export async function findTeam(queries: Queries, id: string): Promise<TeamRow | null> {
  return (await queries.selectFrom("teams").select(columns).where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Names are compared without case. */
export async function findTeamByName(queries: Queries, name: string): Promise<TeamRow | null> {
  return (await queries.selectFrom("teams").select(columns).where("name", "=", name).executeTakeFirst()) ?? null;
}

/** The team that has a code name; null: none. */
export async function findTeamByCodeName(queries: Queries, codeName: string): Promise<string | null> {
  const query = queries.selectFrom("teams").select("id").where("code_name", "=", codeName);
  return (await query.executeTakeFirst())?.id ?? null;
}

export async function insertTeam(tx: Tx, { codeName, createdAt, ...row }: TeamRow): Promise<void> {
  await tx
    .insertInto("teams")
    .values({ ...row, code_name: codeName, created_at: createdAt })
    .execute();
}

/** Writes what is there and raises the version. */
export async function updateTeam(tx: Tx, id: string, { name, codeName, comments }: TeamChanges): Promise<void> {
  await tx
    .updateTable("teams")
    .set((eb) => ({
      ...(name === undefined ? {} : { name }),
      ...(codeName === undefined ? {} : { code_name: codeName }),
      ...(comments === undefined ? {} : { comments }),
      version: eb("version", "+", 1),
    }))
    .where("id", "=", id)
    .execute();
}

export async function deleteTeam(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("teams").where("id", "=", id).execute();
}

/** Who is in the team by name, by their names. */
export async function readMembers(queries: Queries, team: string): Promise<Static<typeof TeamMember>[]> {
  const rows = await queries
    .selectFrom("team_members")
    .innerJoin("representatives", "representatives.id", "team_members.representative")
    .select(["representative as user", "display_name as name", "role"])
    .where("team", "=", team)
    .orderBy(sql`display_name collate nocase`)
    .execute();
  return rows.map(({ role, ...row }) => ({ ...row, role: role as TeamRole }));
}

/** Group policies that put people into the team. */
export async function readTeamPolicies(queries: Queries, team: string): Promise<Team["groupPolicies"]> {
  const rows = await queries
    .selectFrom("group_policy_teams")
    .innerJoin("group_policies", "group_policies.id", "group_policy_teams.group_policy")
    .select(["group_policies.id", "group_policies.name", "role"])
    .where("team", "=", team)
    .orderBy("position")
    .execute();
  return rows.map(({ role, ...row }) => ({ ...row, role: role as TeamRole }));
}

/** Of these accounts, the names of those there are. */
export async function namesOf(queries: Queries, ids: readonly string[]): Promise<Map<string, string>> {
  const listed = sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;
  const query = queries.selectFrom("representatives").select(["id", "display_name as name"]).where("id", "in", listed);
  return new Map((await query.execute()).map(({ id, name }) => [id, name]));
}

/** Puts these in, or gives them another role. */
export async function writeMembers(tx: Tx, team: string, members: Members): Promise<void> {
  const rows = Array.from(members, ([representative, role]) => ({ team, representative, role }));
  for (let first = 0; first < rows.length; first += BATCH)
    await tx
      .insertInto("team_members")
      .values(rows.slice(first, first + BATCH))
      .onConflict((conflict) => conflict.doUpdateSet((eb) => ({ role: eb.ref("excluded.role") })))
      .execute();
}

export async function removeMembers(tx: Tx, team: string, ids: readonly string[]): Promise<void> {
  const listed = sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;
  await tx.deleteFrom("team_members").where("team", "=", team).where("representative", "in", listed).execute();
}
