import type { Queries, Tx } from "../../database/database.ts";

/** An account as far as its password goes. */
export interface PasswordAccount {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  /** "": none chosen. */
  readonly language: string;
  readonly provider: string;
  readonly isDisabled: boolean;
  readonly passwordHash: string;
}

const columns = ["id", "username", "email", "language", "provider", "is_disabled", "password_hash"] as const;
const select = (queries: Queries) => queries.selectFrom("representatives").select(columns);
type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;
const toAccount = (row: Row | undefined): PasswordAccount | null =>
  row === undefined
    ? null
    : {
        id: row.id,
        username: row.username,
        email: row.email,
        language: row.language,
        provider: row.provider,
        isDisabled: row.is_disabled === 1,
        passwordHash: row.password_hash,
      };

export async function findAccount(queries: Queries, id: string): Promise<PasswordAccount | null> {
  return toAccount(await select(queries).where("id", "=", id).executeTakeFirst());
}

export async function findAccountByName(queries: Queries, username: string): Promise<PasswordAccount | null> {
  return toAccount(await select(queries).where("username", "=", username).executeTakeFirst());
}

/** Hashes of earlier passwords, the newest first. */
export async function readHistory(queries: Queries, id: string, count: number): Promise<string[]> {
  const query = queries.selectFrom("password_history").select("password_hash").where("representative", "=", id);
  return (await query.orderBy("created_at", "desc").limit(count).execute()).map((row) => row.password_hash);
}

/** Keeps a hash that is replaced, and of the older ones only `count`. */
export async function pushHistory(tx: Tx, id: string, hash: string, at: string, count: number): Promise<void> {
  await tx
    .insertInto("password_history")
    .values({ representative: id, password_hash: hash, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const kept = tx
    .selectFrom("password_history")
    .select("created_at")
    .where("representative", "=", id)
    .orderBy("created_at", "desc")
    .limit(count);
  await tx
    .deleteFrom("password_history")
    .where("representative", "=", id)
    .where("created_at", "not in", kept)
    .execute();
}

export async function writePassword(tx: Tx, id: string, hash: string, at: string): Promise<void> {
  await tx
    .updateTable("representatives")
    .set({
      password_hash: hash,
      password_changed_at: at,
      must_change_password: 0,
      failed_sign_ins: 0,
      locked_until: null,
    })
    .where("id", "=", id)
    .execute();
}

/** A new link takes the place of every earlier one of the account. */
export async function replaceResetLink(
  tx: Tx,
  link: {
    readonly tokenHash: string;
    readonly representative: string;
    readonly at: string;
    readonly expiresAt: string;
  },
): Promise<void> {
  await deleteResetLinks(tx, link.representative);
  await tx
    .insertInto("reset_links")
    .values({
      token_hash: link.tokenHash,
      representative: link.representative,
      created_at: link.at,
      expires_at: link.expiresAt,
    })
    .execute();
}

/** Whose link it is; `null` where it is unknown, used, superseded or too old. */
export async function findResetLink(queries: Queries, tokenHash: string, now: string): Promise<string | null> {
  const query = queries.selectFrom("reset_links").select("representative").where("token_hash", "=", tokenHash);
  return (await query.where("expires_at", ">", now).executeTakeFirst())?.representative ?? null;
}

export async function deleteResetLinks(tx: Tx, representative: string): Promise<void> {
  await tx.deleteFrom("reset_links").where("representative", "=", representative).execute();
}
