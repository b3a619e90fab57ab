import type { Queries, Tx } from "../../database/database.ts";

/** What is kept of an account's authenticator app. */
export interface StoredApp {
  /** Sealed; null: none. */
  readonly secret: string | null;
  readonly lastStep: number | null;
}

export async function readApp(queries: Queries, representative: string): Promise<StoredApp> {
  const row = await queries
    .selectFrom("representatives")
    .select(["totp_secret", "totp_last_step"])
    .where("id", "=", representative)
    .executeTakeFirst();
  return { secret: row?.totp_secret ?? null, lastStep: row?.totp_last_step ?? null };
}

export async function writeApp(tx: Tx, representative: string, { secret, lastStep }: StoredApp): Promise<void> {
  await tx
    .updateTable("representatives")
    .set({ totp_secret: secret, totp_last_step: lastStep })
    .where("id", "=", representative)
    .execute();
}

/** Notes a code's step; false where this step or a later one was taken already. */
export async function writeLastStep(tx: Tx, representative: string, step: number): Promise<boolean> {
  const row = await tx
    .updateTable("representatives")
    .set({ totp_last_step: step })
    .where("id", "=", representative)
    .where((where) => where.or([where("totp_last_step", "is", null), where("totp_last_step", "<", step)]))
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps these hashes in place of all before. */
export async function replaceRecoveryCodes(
  tx: Tx,
  representative: string,
  hashes: readonly string[],
  at: string,
): Promise<void> {
  await deleteRecoveryCodes(tx, representative);
  const rows = hashes.map((hash) => ({ representative, hash, created_at: at, used_at: null }));
  await tx.insertInto("recovery_codes").values(rows).execute();
}

export async function deleteRecoveryCodes(tx: Tx, representative: string): Promise<void> {
  await tx.deleteFrom("recovery_codes").where("representative", "=", representative).execute();
}

/** Notes that a code was used; false where there is no such code, or it was used before. */
export async function useRecoveryCode(tx: Tx, representative: string, hash: string, at: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("recovery_codes")
    .set({ used_at: at })
    .where("representative", "=", representative)
    .where("hash", "=", hash)
    .where("used_at", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Those that were not used yet. */
export async function countRecoveryCodes(queries: Queries, representative: string): Promise<number> {
  const query = queries.selectFrom("recovery_codes").select(({ fn }) => fn.countAll().as("total"));
  const unused = query.where("representative", "=", representative).where("used_at", "is", null);
  return Number((await unused.executeTakeFirstOrThrow()).total);
}

/** Where somebody is written to, and in which language; both may be "". */
export async function readMailbox(
  queries: Queries,
  representative: string,
): Promise<{ readonly address: string; readonly language: string }> {
  const query = queries.selectFrom("representatives").select(["email as address", "language"]);
  return await query.where("id", "=", representative).executeTakeFirstOrThrow();
}
