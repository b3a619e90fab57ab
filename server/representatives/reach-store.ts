/** Reads which group policies reach which accounts: by name, or by a group a provider has them in. */
import { sql, type SqlBool } from "kysely";
import type { DefinedSettings, PolicySettings } from "../../protocol/account-settings.ts";
import type { Queries } from "../database/database.ts";

/** An account as far as its settings go. */
export interface Standing {
  readonly id: string;
  readonly name: string;
  readonly own: DefinedSettings;
  readonly groupPolicies: ReadonlySet<string>;
}

/** A group policy as far as settings go. */
export interface SettingsPolicy {
  readonly id: string;
  readonly name: string;
  readonly settings: PolicySettings;
}

type Account = Pick<Standing, "id" | "name"> & { readonly settings: string };

/** Any number of ids in one value: a list of parameters has an end, and each length of it is a statement of its own. */
const listed = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;

const reach = (queries: Queries) =>
  queries
    .selectFrom("group_policy_users")
    .select(["group_policy", "representative"])
    .union(
      queries
        .selectFrom("group_policy_provider_groups as named")
        .innerJoin("external_groups", (join) =>
          join
            .onRef("external_groups.provider", "=", "named.provider")
            .onRef("external_groups.group_name", "=", "named.group_name"),
        )
        .select(["named.group_policy", "external_groups.representative"]),
    );

/** Ids of the accounts that any of these group policies reaches. */
export async function reachedBy(queries: Queries, policies: readonly string[]): Promise<string[]> {
  if (policies.length === 0) return [];
  const rows = await queries
    .selectFrom(reach(queries).as("reach"))
    .select("representative")
    .distinct()
    .where("group_policy", "in", listed(policies))
    .execute();
  return rows.map(({ representative }) => representative);
}

/** The group policies that reach each of these accounts, by the account's id. */
export async function policiesOf(queries: Queries, accounts: readonly string[]): Promise<Map<string, Set<string>>> {
  const found = new Map(accounts.map((id) => [id, new Set<string>()]));
  if (accounts.length === 0) return found;
  const rows = await queries
    .selectFrom(reach(queries).as("reach"))
    .select(["representative", "group_policy"])
    .where("representative", "in", listed(accounts))
    .execute();
  for (const row of rows) found.get(row.representative)?.add(row.group_policy);
  return found;
}

/** These accounts as they stand; those that are gone are left out. */
export async function readStandings(queries: Queries, ids: readonly string[]): Promise<Standing[]> {
  if (ids.length === 0) return [];
  const accounts = await queries
    .selectFrom("representatives")
    .select(["id", "display_name as name", "settings"])
    .where("id", "in", listed(ids))
    .execute();
  return await withPolicies(queries, accounts);
}

/** Group policies that say anything of one permission, from the top. */
export async function policiesThatDefine(queries: Queries, permission: string): Promise<SettingsPolicy[]> {
  const rows = await queries
    .selectFrom("group_policies")
    .select(["id", "name", "settings"])
    .where(sql`json_type(settings, ${`$."${permission}"`})`, "is not", null)
    .orderBy("position")
    .orderBy("id")
    .execute();
  return rows.map(({ settings, ...row }) => ({ ...row, settings: JSON.parse(settings) as PolicySettings }));
}

/** Whether security's rules, each a row of the settings, leave the account a way to sign in. */
const hasWayIn = sql<SqlBool>`(
  provider = 'local' and password_hash != '' and (is_break_glass = 1 or not exists
    (select 1 from settings where name = 'isProviderOnly' and value = 'true'))
  or provider = 'local' and exists (select 1 from passkeys where representative = representatives.id) and not exists
    (select 1 from settings where name = 'passkeys' and json_extract(value, '$.isEnabled') = 0)
  or exists (select 1 from providers where providers.id = representatives.provider and is_enabled = 1))`;

/**
 * Accounts that may hold a permission and could sign in at `now`: neither disabled nor expired, with a password where the
 * site takes passwords of its own (from break-glass accounts always), a passkey, or a provider that is on. A lock and a
 * schedule pass by themselves and do not count.
 */
export async function candidatesFor(
  queries: Queries,
  permission: string,
  policies: readonly string[],
  now: string,
): Promise<Standing[]> {
  const own = sql<number | null>`json_extract(settings, ${`$."${permission}"`})`;
  const reached = await reachedBy(queries, policies);
  const accounts = await queries
    .selectFrom("representatives")
    .select(["id", "display_name as name", "settings"])
    .where("is_disabled", "=", 0)
    .where((where) => where.or([where("expires_at", "is", null), where("expires_at", ">", now)]))
    .where(hasWayIn)
    .where((where) => where.or([where(own, "=", 1), where("id", "in", listed(reached))]))
    .orderBy(own, "desc")
    .execute();
  return await withPolicies(queries, accounts);
}

async function withPolicies(queries: Queries, accounts: readonly Account[]): Promise<Standing[]> {
  const policies = await policiesOf(
    queries,
    accounts.map(({ id }) => id),
  );
  return accounts.map(({ id, name, settings }) => ({
    id,
    name,
    own: JSON.parse(settings) as DefinedSettings,
    groupPolicies: policies.get(id) ?? new Set(),
  }));
}
