import type { AccountPermission } from "../../protocol/permissions.ts";
import type { Queries, Tx } from "../database/database.ts";

/** An API account with who made it; the secret is its hash alone, and leaves this file only to be compared. */
export interface StoredApiAccount {
  readonly id: string;
  readonly name: string;
  readonly comments: string;
  readonly clientId: string;
  readonly secretHash: string;
  readonly scopes: readonly AccountPermission[];
  readonly networks: readonly string[];
  readonly isEnabled: boolean;
  readonly expiresAt: string | null;
  readonly madeBy: string;
  readonly madeByName: string;
  /** Whether the maker can sign in: what they cannot do, it cannot. */
  readonly isMakerDisabled: boolean;
  readonly makerExpiresAt: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly version: number;
}

const select = (queries: Queries) =>
  queries
    .selectFrom("api_accounts")
    .innerJoin("representatives", "representatives.id", "api_accounts.made_by")
    .selectAll("api_accounts")
    .select(["display_name", "is_disabled", "representatives.expires_at as maker_expires_at"]);
type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

const toAccount = (row: Row): StoredApiAccount => ({
  id: row.id,
  name: row.name,
  comments: row.comments,
  clientId: row.client_id,
  secretHash: row.secret_hash,
  scopes: JSON.parse(row.scopes) as AccountPermission[],
  networks: JSON.parse(row.networks) as string[],
  isEnabled: row.is_enabled === 1,
  expiresAt: row.expires_at,
  madeBy: row.made_by,
  madeByName: row.display_name,
  isMakerDisabled: row.is_disabled === 1,
  makerExpiresAt: row.maker_expires_at,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  version: row.version,
});

export async function listApiAccounts(queries: Queries): Promise<StoredApiAccount[]> {
  return (await select(queries).orderBy("api_accounts.name").execute()).map(toAccount);
}

export async function findApiAccount(queries: Queries, id: string): Promise<StoredApiAccount | null> {
  const row = await select(queries).where("api_accounts.id", "=", id).executeTakeFirst();
  return row === undefined ? null : toAccount(row);
}

export async function findByClientId(queries: Queries, clientId: string): Promise<StoredApiAccount | null> {
  const row = await select(queries).where("client_id", "=", clientId).executeTakeFirst();
  return row === undefined ? null : toAccount(row);
}

/** Names are compared without case. */
export async function findByName(queries: Queries, name: string): Promise<StoredApiAccount | null> {
  const row = await select(queries).where("api_accounts.name", "=", name).executeTakeFirst();
  return row === undefined ? null : toAccount(row);
}

/** Whose a token is, while it lasts. */
export async function findByToken(queries: Queries, tokenHash: string, now: string): Promise<StoredApiAccount | null> {
  const row = await select(queries)
    .innerJoin("api_tokens", "api_tokens.api_account", "api_accounts.id")
    .where("token_hash", "=", tokenHash)
    .where("api_tokens.expires_at", ">", now)
    .executeTakeFirst();
  return row === undefined ? null : toAccount(row);
}

/** Columns that are written. */
export type ApiAccountColumns = Omit<
  StoredApiAccount,
  "madeByName" | "isMakerDisabled" | "makerExpiresAt" | "lastUsedAt"
>;

/** Makes it, or writes every column of the one that has the id. */
export async function writeApiAccount(tx: Tx, account: ApiAccountColumns): Promise<void> {
  const columns = {
    name: account.name,
    comments: account.comments,
    secret_hash: account.secretHash,
    scopes: JSON.stringify(account.scopes),
    networks: JSON.stringify(account.networks),
    is_enabled: account.isEnabled ? (1 as const) : (0 as const),
    expires_at: account.expiresAt,
    version: account.version,
  };
  const { id, clientId, madeBy, createdAt } = account;
  await tx
    .insertInto("api_accounts")
    .values({ id, client_id: clientId, made_by: madeBy, created_at: createdAt, last_used_at: null, ...columns })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
    .execute();
}

export async function deleteApiAccount(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("api_accounts").where("id", "=", id).execute();
}

export async function deleteTokens(tx: Tx, apiAccount: string): Promise<void> {
  await tx.deleteFrom("api_tokens").where("api_account", "=", apiAccount).execute();
}

/** Keeps a token, forgets those that ran out, and notes that the account was used. */
export async function insertToken(
  tx: Tx,
  token: { readonly tokenHash: string; readonly apiAccount: string; readonly expiresAt: string },
  now: string,
): Promise<number> {
  await tx.deleteFrom("api_tokens").where("expires_at", "<", now).execute();
  const { tokenHash, apiAccount, expiresAt } = token;
  await tx
    .insertInto("api_tokens")
    .values({ token_hash: tokenHash, api_account: apiAccount, scopes: "[]", expires_at: expiresAt })
    .execute();
  await tx.updateTable("api_accounts").set({ last_used_at: now }).where("id", "=", apiAccount).execute();
  const query = tx.selectFrom("api_tokens").where("api_account", "=", apiAccount);
  return (await query.select((count) => count.fn.countAll<number>().as("count")).executeTakeFirstOrThrow()).count;
}
