import type { Area } from "../../protocol/api/sign-in.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Queries, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";

/** What sign-in needs to know of an account. */
export interface Candidate {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly isDisabled: boolean;
  readonly failedSignIns: number;
  readonly lockedUntil: string | null;
  readonly lastSignInAt: string | null;
}

/** A sign-in with the account it belongs to. */
export interface StoredSignIn {
  readonly signIn: string;
  readonly area: Area;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
  readonly previousSignInAt: string | null;
  readonly representative: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
}

/** A sign-in that is no more. */
export interface EndedSignIn {
  readonly signIn: string;
  readonly representative: RepresentativeId;
  readonly area: Area;
}

const candidateColumns = [
  "id",
  "username",
  "display_name",
  "password_hash",
  "is_disabled",
  "failed_sign_ins",
  "locked_until",
  "last_sign_in_at",
] as const;

export async function findByUsername(queries: Queries, username: string): Promise<Candidate | null> {
  const row = await queries
    .selectFrom("representatives")
    .select(candidateColumns)
    .where("username", "=", username)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id as RepresentativeId,
    username: row.username,
    displayName: row.display_name,
    passwordHash: row.password_hash,
    isDisabled: row.is_disabled === 1,
    failedSignIns: row.failed_sign_ins,
    lockedUntil: row.locked_until,
    lastSignInAt: row.last_sign_in_at,
  };
}

export async function writeFailures(tx: Tx, id: string, failed: number, lockedUntil: string | null): Promise<void> {
  await tx
    .updateTable("representatives")
    .set({ failed_sign_ins: failed, locked_until: lockedUntil })
    .where("id", "=", id)
    .execute();
}

export async function writeSignedIn(tx: Tx, id: string, at: string): Promise<void> {
  await tx
    .updateTable("representatives")
    .set({ failed_sign_ins: 0, locked_until: null, last_sign_in_at: at })
    .where("id", "=", id)
    .execute();
}

export async function insertSignIn(
  tx: Tx,
  signIn: {
    readonly tokenHash: string;
    readonly representative: string;
    readonly area: Area;
    readonly at: string;
    readonly address: string;
    readonly userAgent: string;
    readonly previousSignInAt: string | null;
  },
): Promise<void> {
  await tx
    .insertInto("sign_ins")
    .values({
      token_hash: signIn.tokenHash,
      id: newId<string>(),
      representative: signIn.representative,
      area: signIn.area,
      created_at: signIn.at,
      last_seen_at: signIn.at,
      address: signIn.address,
      user_agent: signIn.userAgent,
      previous_sign_in_at: signIn.previousSignInAt,
    })
    .execute();
}

export async function findSignIn(queries: Queries, signIn: string, area: Area): Promise<StoredSignIn | null> {
  const row = await queries
    .selectFrom("sign_ins")
    .innerJoin("representatives", "representatives.id", "sign_ins.representative")
    .select(["sign_ins.created_at", "last_seen_at", "previous_sign_in_at", "area"])
    .select(["representatives.id", "username", "display_name"])
    .where("token_hash", "=", signIn)
    .where("area", "=", area)
    .where("is_disabled", "=", 0)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    signIn,
    area,
    signedInAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    previousSignInAt: row.previous_sign_in_at,
    representative: row.id as RepresentativeId,
    username: row.username,
    displayName: row.display_name,
  };
}

export async function writeLastSeen(queries: Queries, signIn: string, at: string): Promise<void> {
  await queries.updateTable("sign_ins").set({ last_seen_at: at }).where("token_hash", "=", signIn).execute();
}

/** Which sign-ins an ending concerns; all the given words must fit. */
export interface SignInFilter {
  readonly signIn?: string;
  readonly representative?: string;
  readonly area?: Area;
  readonly except?: string;
  readonly lastSeenBefore?: string;
}

/** Removes the sign-ins that fit and says which they were. */
export async function deleteSignIns(tx: Queries, filter: SignInFilter): Promise<EndedSignIn[]> {
  let query = tx.deleteFrom("sign_ins").returning(["token_hash", "representative", "area"]);
  if (filter.signIn !== undefined) query = query.where("token_hash", "=", filter.signIn);
  if (filter.representative !== undefined) query = query.where("representative", "=", filter.representative);
  if (filter.area !== undefined) query = query.where("area", "=", filter.area);
  if (filter.except !== undefined) query = query.where("token_hash", "!=", filter.except);
  if (filter.lastSeenBefore !== undefined) query = query.where("last_seen_at", "<", filter.lastSeenBefore);
  return (await query.execute()).map(toEnded);
}

/** Every sign-in there is. */
export async function allSignIns(queries: Queries): Promise<EndedSignIn[]> {
  return (await queries.selectFrom("sign_ins").select(["token_hash", "representative", "area"]).execute()).map(toEnded);
}

const toEnded = (row: { token_hash: string; representative: string; area: string }): EndedSignIn => ({
  signIn: row.token_hash,
  representative: row.representative as RepresentativeId,
  area: row.area as Area,
});
