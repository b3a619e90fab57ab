import { AppError } from "../../protocol/errors.ts";
import type { Queries, Tx } from "../database/database.ts";

interface StepKey {
  readonly key: string;
  readonly kind: string;
  /** UTC ISO 8601. */
  readonly now: string;
}

/** Of one kind; strangers make them. Past it the next is refused until some have run out. */
const MAX_OF_A_KIND = 20_000;

/** Replaces what stood under the key, and forgets what has run out. @throws {AppError} request.too_many */
export async function insertStep(
  tx: Tx,
  step: StepKey & { readonly value: string; readonly expiresAt: string },
): Promise<void> {
  await tx.deleteFrom("sign_in_steps").where("expires_at", "<", step.now).execute();
  const kept = await tx
    .selectFrom("sign_in_steps")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("kind", "=", step.kind)
    .executeTakeFirstOrThrow();
  if (kept.count >= MAX_OF_A_KIND)
    throw new AppError("request.too_many", "Too many people sign in at this moment. Try again in a few minutes.");
  await tx
    .insertInto("sign_in_steps")
    .values({
      token_hash: step.key,
      kind: step.kind,
      representative: null,
      value: step.value,
      expires_at: step.expiresAt,
    })
    .onConflict((conflict) =>
      conflict.column("token_hash").doUpdateSet({ value: step.value, expires_at: step.expiresAt }),
    )
    .execute();
}

/** Takes it away; `null` when there is none, or no more. */
export async function takeStep(tx: Tx, { key, kind, now }: StepKey): Promise<string | null> {
  const row = await tx
    .deleteFrom("sign_in_steps")
    .where("token_hash", "=", key)
    .where("kind", "=", kind)
    .returning(["value", "expires_at"])
    .executeTakeFirst();
  return row === undefined || row.expires_at < now ? null : row.value;
}

export async function readStep(queries: Queries, { key, kind, now }: StepKey): Promise<string | null> {
  const row = await queries
    .selectFrom("sign_in_steps")
    .select("value")
    .where("token_hash", "=", key)
    .where("kind", "=", kind)
    .where("expires_at", ">=", now)
    .executeTakeFirst();
  return row?.value ?? null;
}

/** A sign-in that came by a provider, for its sign-out. */
export interface ProviderSession {
  readonly signIn: string;
  readonly provider: string;
  readonly nameId: string;
  readonly sessionIndex: string;
}

export async function insertProviderSession(tx: Tx, session: ProviderSession): Promise<void> {
  await tx
    .insertInto("provider_sessions")
    .values({
      sign_in: session.signIn,
      provider: session.provider,
      name_id: session.nameId,
      session_index: session.sessionIndex,
    })
    .execute();
}

export async function findProviderSession(queries: Queries, signIn: string): Promise<ProviderSession | null> {
  const row = await queries
    .selectFrom("provider_sessions")
    .selectAll()
    .where("sign_in", "=", signIn)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { signIn, provider: row.provider, nameId: row.name_id, sessionIndex: row.session_index };
}

/**
 * The sign-ins a provider's sign-out means, and those that were launched from them and have no session of their own there.
 * No session index: all of that person.
 */
export async function findSessionsOf(
  queries: Queries,
  provider: string,
  nameId: string,
  sessionIndexes: readonly string[],
): Promise<string[]> {
  const sessions = queries
    .selectFrom("provider_sessions")
    .select("sign_in")
    .where("provider", "=", provider)
    .where("name_id", "=", nameId);
  const meant = await (
    sessionIndexes.length === 0 ? sessions : sessions.where("session_index", "in", sessionIndexes)
  ).execute();
  const signIns = meant.map((row) => row.sign_in);
  if (signIns.length === 0) return [];
  const launched = await queries
    .selectFrom("sign_ins")
    .leftJoin("provider_sessions", "provider_sessions.sign_in", "sign_ins.token_hash")
    .select("token_hash")
    .where("method", "=", provider)
    .where("provider_sessions.sign_in", "is", null)
    .where((eb) =>
      eb("representative", "in", eb.selectFrom("sign_ins").select("representative").where("token_hash", "in", signIns)),
    )
    .execute();
  return [...signIns, ...launched.map((row) => row.token_hash)];
}
