/** The SQL of teams. */
import { sql, type SqlBool } from "kysely";
import type { Team, TeamMember, TeamRole, TeamsQuery } from "../../protocol/api/users.ts";
import type { Static } from "@sinclair/typebox";
import type { Queries, Tx } from "../database/database.ts";
import { searchPatterns } from "../database/search-words.ts";

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

/** Names of leads and of group policies told of in a list. */
const NAMES_TOLD = 10;
const DEFAULT_PAGE = 100;

const leadsTold = sql<string>`(select json_group_array(display_name) from (select display_name from team_members
  join representatives on representatives.id = representative where team = teams.id and role != 'member'
  order by display_name collate nocase limit ${NAMES_TOLD}))`;
const policiesTold = sql<string>`(select json_group_array(name) from (select group_policies.name from group_policy_teams
  join group_policies on group_policies.id = group_policy where team = teams.id order by position limit ${NAMES_TOLD}))`;

/** A page of the teams that fit, by name, and how many fit in all. Ids are found first: sorting carries little then. */
export async function listTeams(queries: Queries, { search = "", offset = 0, limit = DEFAULT_PAGE }: TeamsQuery) {
  const words = searchPatterns(search).map((word) => sql<SqlBool>`(name glob ${word} or comments glob ${word})`);
  const fitting = queries.selectFrom("teams").where((where) => where.and(words));
  const { total } = await fitting.select(({ fn }) => fn.countAll().as("total")).executeTakeFirstOrThrow();
  const page = fitting.select("teams.id").orderBy("name").orderBy("id").limit(limit).offset(offset);
  const rows = await queries
    .selectFrom("teams")
    .select(["id", "name", "code_name as codeName", "comments", "version"])
    .select(sql<number>`(select count(*) from team_members where team = teams.id)`.as("members"))
    .select([leadsTold.as("leads"), policiesTold.as("groupPolicies")])
    .where("id", "in", page)
    .orderBy("name")
    .orderBy("id")
    .execute();
  const namesIn = (json: string) => JSON.parse(json) as string[];
  const teams = rows.map(({ leads, groupPolicies, ...row }) => ({
    ...row,
    leads: namesIn(leads),
    groupPolicies: namesIn(groupPolicies),
  }));
  return { teams, total: Number(total) };
}

/** Every team's name. */
export async function listTeamNames(queries: Queries): Promise<{ id: string; name: string }[]> {
  return await queries.selectFrom("teams").select(["id", "name"]).orderBy("name").orderBy("id").execute();
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

/** Names of Jump Policies whose approval is this team's to give, by name. */
export async function readJumpPoliciesAsking(queries: Queries, team: string): Promise<string[]> {
  const rows = await queries
    .selectFrom("jump_policies")
    .select("display_name as name")
    .where(sql<string | null>`json_extract(rules, '$.approval.team')`, "=", team)
    .orderBy("display_name")
    .execute();
  return rows.map(({ name }) => name);
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
