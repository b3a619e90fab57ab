import { sql } from "kysely";
import { Type } from "@sinclair/typebox";
import { ProviderConfig, type ProviderKind, ProviderMapping } from "../../protocol/api/providers.ts";
import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { fromTable } from "../database/from-table.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Provider, ProviderSecrets } from "./provider.ts";

const StoredSecrets = Type.Object({
  secret: Type.Optional(Type.String()),
  scimTokenHash: Type.Optional(Type.String()),
  signingKeys: Type.Optional(Type.Array(Type.Object({ certificatePem: Type.String(), keyPem: Type.String() }))),
});
const MAX_LOG_ROWS = 1000;

export async function listProviders(queries: Queries, secrets: Secrets): Promise<Provider[]> {
  const rows = await queries.selectFrom("providers").selectAll().orderBy("position").orderBy("created_at").execute();
  return rows.map((row) => toProvider(row, secrets));
}

export async function findProvider(queries: Queries, secrets: Secrets, id: string): Promise<Provider | null> {
  const row = await queries.selectFrom("providers").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toProvider(row, secrets);
}

/** Checked as they are read: what stands in a column was written by some release, perhaps not this one. */
function toProvider(row: Schema["providers"], secrets: Secrets): Provider {
  const opened = row.secrets === "" ? "{}" : secrets.open(placeOf(row.id), row.secrets);
  return {
    id: row.id,
    kind: row.kind as ProviderKind,
    name: row.name,
    isEnabled: row.is_enabled === 1,
    position: row.position,
    config: fromTable(ProviderConfig, JSON.parse(row.config)),
    mapping: fromTable(ProviderMapping, JSON.parse(row.mapping)),
    emailDomains: fromTable(Type.Array(Type.String()), JSON.parse(row.email_domains)),
    secrets: fromTable(StoredSecrets, JSON.parse(opened)),
    lastUsedAt: row.last_used_at,
    wasUsedByAdministrator: row.was_used_by_administrator === 1,
    createdAt: row.created_at,
    version: row.version,
  };
}

const placeOf = (id: string) => ({ table: "providers", row: id, column: "secrets" });

type Written = Pick<Provider, "name" | "isEnabled" | "config" | "mapping" | "emailDomains" | "secrets">;

function toColumns(id: string, provider: Written, secrets: Secrets) {
  return {
    kind: provider.config.kind,
    name: provider.name,
    is_enabled: provider.isEnabled ? 1 : 0,
    config: JSON.stringify(provider.config),
    mapping: JSON.stringify(provider.mapping),
    email_domains: JSON.stringify(provider.emailDomains),
    secrets: sealed(id, provider.secrets, secrets),
  } as const;
}

const sealed = (id: string, kept: ProviderSecrets, secrets: Secrets): string =>
  secrets.seal(placeOf(id), JSON.stringify(kept));

export async function insertProvider(
  tx: Tx,
  secrets: Secrets,
  provider: Written & Pick<Provider, "id" | "position" | "createdAt">,
): Promise<void> {
  await tx
    .insertInto("providers")
    .values({
      id: provider.id,
      ...toColumns(provider.id, provider, secrets),
      position: provider.position,
      last_used_at: null,
      was_used_by_administrator: 0,
      created_at: provider.createdAt,
      version: 1,
    })
    .execute();
}

/** Writes it with the next version. */
export async function updateProvider(tx: Tx, secrets: Secrets, id: string, provider: Written): Promise<void> {
  await tx
    .updateTable("providers")
    .set((eb) => ({ ...toColumns(id, provider, secrets), version: eb("version", "+", 1) }))
    .where("id", "=", id)
    .execute();
}

export async function deleteProvider(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("provider_sessions").where("provider", "=", id).execute();
  await tx.deleteFrom("provider_log").where("provider", "=", id).execute();
  await tx.deleteFrom("used_assertions").where("provider", "=", id).execute();
  await tx.deleteFrom("providers").where("id", "=", id).execute();
}

export async function writePosition(tx: Tx, id: string, position: number): Promise<void> {
  await tx.updateTable("providers").set({ position }).where("id", "=", id).execute();
}

export async function writeUsed(tx: Tx, id: string, at: string): Promise<void> {
  await tx.updateTable("providers").set({ last_used_at: at }).where("id", "=", id).execute();
}

export async function writeUsedByAdministrator(queries: Queries, id: string): Promise<void> {
  await queries.updateTable("providers").set({ was_used_by_administrator: 1 }).where("id", "=", id).execute();
}

/** How many accounts each provider has. */
export async function countUsers(queries: Queries): Promise<ReadonlyMap<string, number>> {
  const rows = await queries
    .selectFrom("representatives")
    .select((eb) => ["provider", eb.fn.countAll<number>().as("users")])
    .groupBy("provider")
    .execute();
  return new Map(rows.map((row) => [row.provider, Number(row.users)]));
}

/** Accounts of these providers, at most so many. */
export async function findAccountsOf(queries: Queries, providers: readonly string[], limit: number): Promise<string[]> {
  const query = queries.selectFrom("representatives").select("id").where("provider", "in", providers).limit(limit);
  return (await query.execute()).map(({ id }) => id);
}

/** The sign-ins that came by a provider, and all others of those whom it proves: by passkey, too. */
export async function findSignInsBy(queries: Queries, provider: string): Promise<string[]> {
  const pushing = queries
    .selectFrom("providers")
    .select("id")
    .where("kind", "=", "scim")
    .where(sql`json_extract(config, '$.signsInBy')`, "=", provider);
  const accounts = queries
    .selectFrom("representatives")
    .select("id")
    .where((where) => where.or([where("provider", "=", provider), where("provider", "in", pushing)]));
  const query = queries.selectFrom("sign_ins").select("token_hash");
  const rows = await query
    .where((where) => where.or([where("method", "=", provider), where("representative", "in", accounts)]))
    .execute();
  return rows.map((row) => row.token_hash);
}

/** Which of these rows there are: what a group rule names must exist. */
export async function findMissing(
  queries: Queries,
  table: "group_policies" | "teams",
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await queries.selectFrom(table).select("id").where("id", "in", ids).execute();
  const present = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !present.has(id));
}

/** Group policies that reach the members of a provider's groups. */
export async function findGroupPoliciesOf(queries: Queries, provider: string): Promise<string[]> {
  const rows = await queries
    .selectFrom("group_policy_provider_groups")
    .select("group_policy")
    .distinct()
    .where("provider", "=", provider)
    .execute();
  return rows.map((row) => row.group_policy);
}

export interface LogRow {
  readonly at: string;
  readonly outcome: string;
  readonly code: string;
  readonly message: string;
  readonly name: string;
}

/** Keeps the last 1,000 rows of a provider. */
export async function insertLogRow(tx: Tx, provider: string, row: LogRow): Promise<void> {
  await tx
    .insertInto("provider_log")
    .values({ provider, ...row })
    .execute();
  const oldest = await tx
    .selectFrom("provider_log")
    .select("sequence")
    .where("provider", "=", provider)
    .orderBy("sequence", "desc")
    .offset(MAX_LOG_ROWS)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await tx
    .deleteFrom("provider_log")
    .where("provider", "=", provider)
    .where("sequence", "<=", oldest.sequence)
    .execute();
}

/** The newest first. */
export async function readLog(queries: Queries, provider: string, limit: number): Promise<LogRow[]> {
  return await queries
    .selectFrom("provider_log")
    .select(["at", "outcome", "code", "message", "name"])
    .where("provider", "=", provider)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

/** Notes that an assertion was used; `false` when it was before. */
export async function insertUsedAssertion(
  tx: Tx,
  used: { readonly provider: string; readonly assertion: string; readonly until: string; readonly now: string },
): Promise<boolean> {
  await tx.deleteFrom("used_assertions").where("expires_at", "<", used.now).execute();
  const inserted = await tx
    .insertInto("used_assertions")
    .values({ provider: used.provider, assertion: used.assertion, expires_at: used.until })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
