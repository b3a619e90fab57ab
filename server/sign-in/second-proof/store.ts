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
