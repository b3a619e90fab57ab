import { sql } from "kysely";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Queries, Tx } from "../database/database.ts";
import type { Memberships } from "./mapping.ts";

/** An account as providers see it. */
export interface ProviderAccount {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  readonly email: string;
  readonly provider: string;
  readonly externalId: string | null;
  readonly isDisabled: boolean;
  readonly isBreakGlass: boolean;
}

const columns = [
  "id",
  "username",
  "display_name",
  "email",
  "provider",
  "external_id",
  "is_disabled",
  "is_break_glass",
] as const;

type Row = Awaited<ReturnType<typeof selectRows>>[number];
const selectRows = (queries: Queries) => queries.selectFrom("representatives").select(columns).execute();

const toAccount = (row: Row | undefined): ProviderAccount | null =>
  row === undefined
    ? null
    : {
        id: row.id as RepresentativeId,
        username: row.username,
        displayName: row.display_name,
        email: row.email,
        provider: row.provider,
        externalId: row.external_id,
        isDisabled: row.is_disabled === 1,
        isBreakGlass: row.is_break_glass === 1,
      };

const select = (queries: Queries) => queries.selectFrom("representatives").select(columns);

export async function findAccount(queries: Queries, id: string): Promise<ProviderAccount | null> {
  return toAccount(await select(queries).where("id", "=", id).executeTakeFirst());
}

export async function findByExternalId(
  queries: Queries,
  provider: string,
  externalId: string,
): Promise<ProviderAccount | null> {
  const query = select(queries).where("provider", "=", provider).where("external_id", "=", externalId);
  return toAccount(await query.executeTakeFirst());
}

/** User names are compared without case. */
export async function findByName(queries: Queries, username: string): Promise<ProviderAccount | null> {
  return toAccount(await select(queries).where("username", "=", username).executeTakeFirst());
}

export async function listAccounts(queries: Queries, provider: string): Promise<ProviderAccount[]> {
  const rows = await select(queries).where("provider", "=", provider).orderBy("username").execute();
  return rows.flatMap((row) => toAccount(row) ?? []);
}

export async function insertAccount(
  tx: Tx,
  account: Pick<ProviderAccount, "id" | "username" | "displayName" | "email" | "provider" | "isDisabled"> & {
    readonly externalId: string;
    readonly createdAt: string;
  },
): Promise<void> {
  await tx
    .insertInto("representatives")
    .values({
      id: account.id,
      username: account.username,
      display_name: account.displayName,
      email: account.email,
      password_hash: "",
      is_disabled: account.isDisabled ? 1 : 0,
      failed_sign_ins: 0,
      locked_until: null,
      password_changed_at: account.createdAt,
      last_sign_in_at: null,
      created_at: account.createdAt,
      provider: account.provider,
      external_id: account.externalId,
    })
    .execute();
}

/** Columns a provider may write; absent ones stay. */
export interface AccountChanges {
  readonly username?: string;
  readonly displayName?: string;
  readonly email?: string;
  readonly isDisabled?: boolean;
  /** null: nobody to the provider any more. */
  readonly externalId?: string | null;
}

export async function updateAccount(tx: Tx, id: string, changes: AccountChanges): Promise<void> {
  await tx
    .updateTable("representatives")
    .set((eb) => ({
      version: eb("version", "+", 1),
      ...(changes.username === undefined ? {} : { username: changes.username }),
      ...(changes.displayName === undefined ? {} : { display_name: changes.displayName }),
      ...(changes.email === undefined ? {} : { email: changes.email }),
      ...(changes.isDisabled === undefined ? {} : { is_disabled: changes.isDisabled ? (1 as const) : (0 as const) }),
      ...(changes.externalId === undefined ? {} : { external_id: changes.externalId }),
    }))
    .where("id", "=", id)
    .execute();
}

/** What the account has of this provider's groups, and every group policy and team it was put in by name. */
export async function readMemberships(queries: Queries, id: string, provider: string): Promise<Memberships> {
  const groups = await queries
    .selectFrom("external_groups")
    .select("group_name")
    .where("representative", "=", id)
    .where("provider", "=", provider)
    .execute();
  const policies = await queries
    .selectFrom("group_policy_users")
    .select("group_policy")
    .where("representative", "=", id)
    .execute();
  const teams = await queries.selectFrom("team_members").select("team").where("representative", "=", id).execute();
  return {
    groups: groups.map((row) => row.group_name),
    groupPolicies: policies.map((row) => row.group_policy),
    teams: teams.map((row) => row.team),
  };
}

/** In their order. */
export async function findGroupPolicyNames(queries: Queries, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const query = queries.selectFrom("group_policies").select("name").where("id", "in", ids).orderBy("position");
  return (await query.execute()).map(({ name }) => name);
}

export async function addExternalGroups(
  tx: Tx,
  representative: string,
  provider: string,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await tx
    .insertInto("external_groups")
    .values(names.map((name) => ({ representative, provider, group_name: name })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeExternalGroups(
  tx: Tx,
  representative: string,
  provider: string,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await tx
    .deleteFrom("external_groups")
    .where("representative", "=", representative)
    .where("provider", "=", provider)
    .where("group_name", "in", names)
    .execute();
}

/** A rule may name a group policy that is gone by now: that one brings nothing. */
export async function addToGroupPolicies(tx: Tx, representative: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const there = tx.selectFrom("group_policies").select(["id", sql.val(representative).as("representative")]);
  await tx
    .insertInto("group_policy_users")
    .columns(["group_policy", "representative"])
    .expression(there.where("id", "in", ids))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeFromGroupPolicies(tx: Tx, representative: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .deleteFrom("group_policy_users")
    .where("representative", "=", representative)
    .where("group_policy", "in", ids)
    .execute();
}

/** As a member; a team that is gone by now brings nothing, and whoever leads one goes on to. */
export async function addToTeams(tx: Tx, representative: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const member = [sql.val(representative).as("representative"), sql.val("member").as("role")] as const;
  await tx
    .insertInto("team_members")
    .columns(["team", "representative", "role"])
    .expression(
      tx
        .selectFrom("teams")
        .select(["id", ...member])
        .where("id", "in", ids),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeFromTeams(tx: Tx, representative: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.deleteFrom("team_members").where("representative", "=", representative).where("team", "in", ids).execute();
}
