/** The SQL of end users' authenticator apps; `secret` is sealed. */
import type { Queries } from "../database/database.ts";

export async function readProof(
  queries: Queries,
  jumpClient: string,
): Promise<{ readonly secret: string | null; readonly name: string } | null> {
  const row = await queries
    .selectFrom("jump_clients")
    .select(["end_user_secret", "name"])
    .where("id", "=", jumpClient)
    .where("is_leaving", "=", 0)
    .executeTakeFirst();
  return row === undefined ? null : { secret: row.end_user_secret, name: row.name };
}

export async function writeProof(
  queries: Queries,
  jumpClient: string,
  { secret, lastStep }: { readonly secret: string | null; readonly lastStep: number | null },
): Promise<void> {
  await queries
    .updateTable("jump_clients")
    .set({ end_user_secret: secret, end_user_last_step: lastStep })
    .where("id", "=", jumpClient)
    .execute();
}

/** Keeps the step of a code that was used. Returns `false` when that step or a later one was used before. */
export async function useStep(queries: Queries, jumpClient: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable("jump_clients")
    .set({ end_user_last_step: step })
    .where("id", "=", jumpClient)
    .where(({ eb, or }) => or([eb("end_user_last_step", "is", null), eb("end_user_last_step", "<", step)]))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
