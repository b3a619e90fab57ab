/** Accounts as lists and reports show them. Ids are found first and told of afterwards: sorting carries little then. */
import { type Expression, type SqlBool, sql } from "kysely";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { TeamRole, UserQuery } from "../../protocol/api/users.ts";
import type { Queries } from "../database/database.ts";
import { searchPatterns } from "../database/search-words.ts";
import { reachedBy } from "./reach-store.ts";

const DEFAULT_PAGE = 100;

/** One account with what a list shows of it. */
export interface ListedAccount {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly publicName: string;
  readonly email: string;
  readonly provider: string;
  readonly providerName: string;
  readonly isDisabled: boolean;
  readonly lockedUntil: string | null;
  readonly expiresAt: string | null;
  readonly isBreakGlass: boolean;
  readonly mustChangePassword: boolean;
  readonly language: string;
  readonly isSignedIn: boolean;
  readonly lastSignInAt: string | null;
  readonly lastSeenAt: string | null;
  readonly createdAt: string;
  readonly passkeys: number;
  readonly hasAuthenticatorApp: boolean;
  readonly hasPassword: boolean;
  /** Only for who looks at this one account. */
  readonly own: { readonly settings: DefinedSettings; readonly externalId: string | null };
  readonly version: number;
}

const listed = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;
const lastSeen = sql<string | null>`coalesce((select max(last_seen_at) from sign_ins
  where representative = representatives.id), last_active_at, last_sign_in_at)`;

/** A page of the ids that fit, in the order asked for, and how many fit in all. `now` decides locks and ends. */
export async function findAccounts(
  queries: Queries,
  query: UserQuery,
  now: string,
): Promise<{ ids: string[]; total: number }> {
  const filters = await filtersOf(queries, query, now);
  const fitting = queries.selectFrom("representatives").where((where) => where.and(filters));
  const { total } = await fitting.select(({ fn }) => fn.countAll().as("total")).executeTakeFirstOrThrow();
  const direction = query.descending === true ? "desc" : "asc";
  const rows = await fitting
    .select("id")
    .orderBy(orders[query.sort ?? "name"], direction)
    .orderBy("id", direction)
    .limit(query.limit ?? DEFAULT_PAGE)
    .offset(query.offset ?? 0)
    .execute();
  return { ids: rows.map(({ id }) => id), total: Number(total) };
}

const orders = {
  name: sql`display_name collate nocase`,
  username: sql`username`,
  provider: sql`coalesce((select name from providers where id = representatives.provider), '') collate nocase`,
  lastSeen,
  created: sql`created_at`,
} as const;

async function filtersOf(queries: Queries, query: UserQuery, now: string): Promise<Expression<SqlBool>[]> {
  const filters = searchPatterns(query.search ?? "").map(contains);
  if (query.provider !== undefined) filters.push(sql<SqlBool>`provider = ${query.provider}`);
  if (query.status !== undefined) filters.push(ofStatus(query.status, now));
  if (query.groupPolicy !== undefined)
    filters.push(sql<SqlBool>`id in ${listed(await reachedBy(queries, [query.groupPolicy]))}`);
  if (query.team !== undefined) filters.push(sql<SqlBool>`id in ${listed(await inTeam(queries, query.team))}`);
  return filters;
}

function ofStatus(status: NonNullable<UserQuery["status"]>, now: string): Expression<SqlBool> {
  const isExpired = sql`coalesce(expires_at <= ${now}, 0)`;
  const isLocked = sql`coalesce(locked_until > ${now}, 0)`;
  if (status === "disabled") return sql<SqlBool>`is_disabled = 1`;
  if (status === "expired") return sql<SqlBool>`is_disabled = 0 and ${isExpired}`;
  if (status === "locked") return sql<SqlBool>`is_disabled = 0 and not ${isExpired} and ${isLocked}`;
  return sql<SqlBool>`is_disabled = 0 and not ${isExpired} and not ${isLocked}`;
}

const contains = (pattern: string): Expression<SqlBool> =>
  sql<SqlBool>`(display_name glob ${pattern} or public_name glob ${pattern} or username glob ${pattern}
    or email glob ${pattern})`;

/** Everybody in a team, by name or by a group policy. */
async function inTeam(queries: Queries, team: string): Promise<string[]> {
  const byName = await queries.selectFrom("team_members").select("representative").where("team", "=", team).execute();
  const policies = await queries
    .selectFrom("group_policy_teams")
    .select("group_policy")
    .where("team", "=", team)
    .execute();
  const byPolicy = await reachedBy(
    queries,
    policies.map((row) => row.group_policy),
  );
  return [...byName.map((row) => row.representative), ...byPolicy];
}

/** These accounts in this order; those that are gone are left out. */
export async function readAccounts(queries: Queries, ids: readonly string[]): Promise<ListedAccount[]> {
  const rows = await selectAccounts(queries, ids);
  const byId = new Map(rows.map((row) => [row.id, toListed(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

type Row = Awaited<ReturnType<typeof selectAccounts>>[number];

const selectAccounts = (queries: Queries, ids: readonly string[]) =>
  queries
    .selectFrom("representatives")
    .leftJoin("providers", "providers.id", "representatives.provider")
    .select(["representatives.id", "username", "display_name", "public_name", "email", "provider"])
    .select(["is_disabled", "locked_until", "expires_at", "is_break_glass", "must_change_password", "language"])
    .select(["last_sign_in_at", "representatives.created_at", "external_id", "settings", "representatives.version"])
    .select(["providers.name as provider_name", lastSeen.as("last_seen_at")])
    .select([
      sql<0 | 1>`exists (select 1 from sign_ins where representative = representatives.id)`.as("is_signed_in"),
      sql<number>`(select count(*) from passkeys where representative = representatives.id)`.as("passkeys"),
      sql<0 | 1>`totp_secret is not null`.as("has_app"),
      sql<0 | 1>`password_hash != ''`.as("has_password"),
    ])
    .where("representatives.id", "in", listed(ids))
    .execute();

const toListed = (row: Row): ListedAccount => ({
  id: row.id,
  username: row.username,
  displayName: row.display_name,
  publicName: row.public_name,
  email: row.email,
  provider: row.provider,
  providerName: row.provider_name ?? "",
  isDisabled: row.is_disabled === 1,
  lockedUntil: row.locked_until,
  expiresAt: row.expires_at,
  isBreakGlass: row.is_break_glass === 1,
  mustChangePassword: row.must_change_password === 1,
  language: row.language,
  isSignedIn: row.is_signed_in === 1,
  lastSignInAt: row.last_sign_in_at,
  lastSeenAt: row.last_seen_at,
  createdAt: row.created_at,
  passkeys: row.passkeys,
  hasAuthenticatorApp: row.has_app === 1,
  hasPassword: row.has_password === 1,
  own: { settings: JSON.parse(row.settings) as DefinedSettings, externalId: row.external_id },
  version: row.version,
});

/** Teams an account is in by name. */
export async function teamsOf(queries: Queries, id: string): Promise<{ id: string; name: string; role: TeamRole }[]> {
  const rows = await queries
    .selectFrom("team_members")
    .innerJoin("teams", "teams.id", "team_members.team")
    .select(["teams.id", "teams.name", "role"])
    .where("representative", "=", id)
    .orderBy("teams.name")
    .execute();
  return rows.map(({ role, ...team }) => ({ ...team, role: role as TeamRole }));
}

/** These teams by name. */
export async function teamNames(queries: Queries, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  const query = queries.selectFrom("teams").select(["id", "name"]).where("id", "in", listed(ids));
  return await query.orderBy("name").execute();
}

/** Names of the provider's groups an account was last seen in. */
export async function externalGroupsOf(queries: Queries, id: string): Promise<string[]> {
  const query = queries.selectFrom("external_groups").select("group_name").where("representative", "=", id);
  return (await query.orderBy("group_name").execute()).map((row) => row.group_name);
}

/** How many accounts are kept for emergencies. */
export async function countBreakGlass(queries: Queries): Promise<number> {
  const query = queries.selectFrom("representatives").select(({ fn }) => fn.countAll().as("total"));
  return Number((await query.where("is_break_glass", "=", 1).executeTakeFirstOrThrow()).total);
}
