import type { Queries, Tx } from "../database/database.ts";

export interface StoredStep {
  readonly tokenHash: string;
  readonly kind: string;
  readonly representative: string;
  /** JSON. */
  readonly value: string;
  /** UTC ISO 8601. */
  readonly expiresAt: string;
}

/** Keeps a step and forgets what has run out. */
export async function insertStep(tx: Tx, step: StoredStep, now: string): Promise<void> {
  await tx.deleteFrom("sign_in_steps").where("expires_at", "<", now).execute();
  await tx
    .insertInto("sign_in_steps")
    .values({
      token_hash: step.tokenHash,
      kind: step.kind,
      representative: step.representative,
      value: step.value,
      expires_at: step.expiresAt,
    })
    .execute();
}

/** Forgets an account's older steps of a kind. */
export async function keepNewestSteps(tx: Tx, kind: string, representative: string, count: number): Promise<void> {
  const own = tx.selectFrom("sign_in_steps").select("token_hash");
  const newest = own
    .where("kind", "=", kind)
    .where("representative", "=", representative)
    .orderBy("expires_at", "desc")
    .limit(count);
  await tx
    .deleteFrom("sign_in_steps")
    .where("kind", "=", kind)
    .where("representative", "=", representative)
    .where("token_hash", "not in", newest)
    .execute();
}

export async function countSteps(queries: Queries, kind: string): Promise<number> {
  const query = queries.selectFrom("sign_in_steps").where("kind", "=", kind);
  return (await query.select((count) => count.fn.countAll<number>().as("count")).executeTakeFirstOrThrow()).count;
}

export async function readStep(queries: Queries, tokenHash: string, now: string): Promise<StoredStep | null> {
  const query = queries.selectFrom("sign_in_steps").selectAll().where("token_hash", "=", tokenHash);
  const row = await query.where("expires_at", ">=", now).executeTakeFirst();
  // Before the first release that kept those in memory, a challenge was nobody's.
  if (row === undefined || row.representative === null) return null;
  const { kind, representative, value } = row;
  return { tokenHash, kind, representative, value, expiresAt: row.expires_at };
}

/** Whether there was one to take away: a step is taken once. */
export async function deleteStep(tx: Tx, tokenHash: string): Promise<boolean> {
  const row = await tx
    .deleteFrom("sign_in_steps")
    .where("token_hash", "=", tokenHash)
    .returning("token_hash")
    .executeTakeFirst();
  return row !== undefined;
}

export async function writeStepValue(tx: Tx, tokenHash: string, value: string): Promise<void> {
  await tx.updateTable("sign_in_steps").set({ value }).where("token_hash", "=", tokenHash).execute();
}
