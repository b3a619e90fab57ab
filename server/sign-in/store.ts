import { sql, type SqlBool } from "kysely";
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
  /** "local" or a provider's id. */
  readonly provider: string;
  readonly isBreakGlass: boolean;
  readonly mustChangePassword: boolean;
  readonly passwordChangedAt: string;
  /** Sealed; null: no authenticator app. */
  readonly appSecret: string | null;
  readonly appLastStep: number | null;
}

/** What must fit when a sign-in is made. */
export interface Standing {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly isDisabled: boolean;
  readonly expiresAt: string | null;
  readonly lastSignInAt: string | null;
  /** The identity provider that says who this is was switched off. */
  readonly isProviderOff: boolean;
}

/** A sign-in with the account it belongs to. */
export interface StoredSignIn {
  readonly signIn: string;
  readonly area: Area;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
  readonly previousSignInAt: string | null;
  readonly provedAt: string | null;
  readonly representative: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  readonly expiresAt: string | null;
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
  "provider",
  "is_break_glass",
  "must_change_password",
  "password_changed_at",
  "totp_secret",
  "totp_last_step",
] as const;

const selectCandidate = (queries: Queries) => queries.selectFrom("representatives").select(candidateColumns);
type CandidateRow = Awaited<ReturnType<ReturnType<typeof selectCandidate>["executeTakeFirstOrThrow"]>>;

/** User names are compared without case. */
export async function findByUsername(queries: Queries, username: string): Promise<Candidate | null> {
  return toCandidate(await selectCandidate(queries).where("username", "=", username).executeTakeFirst());
}

export async function findCandidate(queries: Queries, id: string): Promise<Candidate | null> {
  return toCandidate(await selectCandidate(queries).where("id", "=", id).executeTakeFirst());
}

/** Somebody a provider knows, by what the provider calls them. */
export async function findByExternalId(
  queries: Queries,
  provider: string,
  externalId: string,
): Promise<Candidate | null> {
  const query = selectCandidate(queries).where("provider", "=", provider).where("external_id", "=", externalId);
  return toCandidate(await query.executeTakeFirst());
}

const toCandidate = (row: CandidateRow | undefined): Candidate | null =>
  row === undefined
    ? null
    : {
        id: row.id as RepresentativeId,
        username: row.username,
        displayName: row.display_name,
        passwordHash: row.password_hash,
        isDisabled: row.is_disabled === 1,
        failedSignIns: row.failed_sign_ins,
        lockedUntil: row.locked_until,
        provider: row.provider,
        isBreakGlass: row.is_break_glass === 1,
        mustChangePassword: row.must_change_password === 1,
        passwordChangedAt: row.password_changed_at,
        appSecret: row.totp_secret,
        appLastStep: row.totp_last_step,
      };

/** Whom a SCIM provider pushes, another provider may prove; switching the pushes off keeps nobody out. */
const isProviderOff = sql<SqlBool>`exists (select 1 from providers as own join providers as proving
  on proving.id = case own.kind when 'scim' then json_extract(own.config, '$.signsInBy') else own.id end
  where own.id = representatives.provider and proving.is_enabled = 0)`;

export async function findStanding(queries: Queries, id: string): Promise<Standing | null> {
  const row = await queries
    .selectFrom("representatives")
    .select(["id", "username", "is_disabled", "expires_at", "last_sign_in_at"])
    .select(isProviderOff.as("is_provider_off"))
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id as RepresentativeId,
    username: row.username,
    isDisabled: row.is_disabled === 1,
    expiresAt: row.expires_at,
    lastSignInAt: row.last_sign_in_at,
    isProviderOff: Boolean(row.is_provider_off),
  };
}

/** An account's sign-ins in an area, the one unused longest first. */
export async function signInsOf(queries: Queries, representative: string, area: Area): Promise<string[]> {
  const rows = await queries
    .selectFrom("sign_ins")
    .select("token_hash")
    .where("representative", "=", representative)
    .where("area", "=", area)
    .orderBy("last_seen_at")
    .execute();
  return rows.map((row) => row.token_hash);
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
    readonly method: string;
    readonly provedAt: string | null;
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
      method: signIn.method,
      proved_at: signIn.provedAt,
      previous_sign_in_at: signIn.previousSignInAt,
    })
    .execute();
}

interface FoundRow {
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly previous_sign_in_at: string | null;
  readonly proved_at: string | null;
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly expires_at: string | null;
}

/** Asked with each request: written out, because building the query took twice as long as the answer. */
export async function findSignIn(queries: Queries, signIn: string, area: Area): Promise<StoredSignIn | null> {
  const { rows } = await sql<FoundRow>`select sign_ins.created_at, last_seen_at, previous_sign_in_at, proved_at,
      representatives.id, username, display_name, expires_at
    from sign_ins join representatives on representatives.id = sign_ins.representative
    where token_hash = ${signIn} and area = ${area} and is_disabled = 0`.execute(queries);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    signIn,
    area,
    signedInAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    previousSignInAt: row.previous_sign_in_at,
    provedAt: row.proved_at,
    representative: row.id as RepresentativeId,
    username: row.username,
    displayName: row.display_name,
    expiresAt: row.expires_at,
  };
}

/** What a sign-in was proved by. */
export async function methodOf(queries: Queries, signIn: string): Promise<string | null> {
  const query = queries.selectFrom("sign_ins").select("method").where("token_hash", "=", signIn);
  return (await query.executeTakeFirst())?.method ?? null;
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
  /** As lists show it; the token's hash stays here. */
  readonly id?: string;
}

/** Removes the sign-ins that fit and says which they were. @param at now, UTC ISO 8601 */
export async function deleteSignIns(tx: Queries, filter: SignInFilter, at: string): Promise<EndedSignIn[]> {
  let query = tx.deleteFrom("sign_ins").returning(["token_hash", "representative", "area"]);
  if (filter.signIn !== undefined) query = query.where("token_hash", "=", filter.signIn);
  if (filter.representative !== undefined) query = query.where("representative", "=", filter.representative);
  if (filter.area !== undefined) query = query.where("area", "=", filter.area);
  if (filter.except !== undefined) query = query.where("token_hash", "!=", filter.except);
  if (filter.id !== undefined) query = query.where("id", "=", filter.id);
  const ended = (await query.execute()).map(toEnded);
  await writeLastActive(tx, ended, at);
  return ended;
}

/** An account that has no sign-in left is shown as last seen when its last one ended. */
async function writeLastActive(tx: Queries, ended: readonly EndedSignIn[], at: string): Promise<void> {
  const ids = [...new Set(ended.map(({ representative }) => representative as string))];
  if (ids.length === 0) return;
  await tx.updateTable("representatives").set({ last_active_at: at }).where("id", "in", ids).execute();
}

export async function writeProved(tx: Tx, signIn: string, at: string): Promise<void> {
  await tx.updateTable("sign_ins").set({ proved_at: at }).where("token_hash", "=", signIn).execute();
}

/** Whether an API account's token still stands. */
export async function hasApiToken(queries: Queries, tokenHash: string): Promise<boolean> {
  const query = queries.selectFrom("api_tokens").select("token_hash").where("token_hash", "=", tokenHash);
  return (await query.executeTakeFirst()) !== undefined;
}

/** A sign-in as lists show it. */
export interface ListedSignIn extends EndedSignIn {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly method: string;
  readonly address: string;
  readonly userAgent: string;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
  /** When its account ends. */
  readonly expiresAt: string | null;
}

/** Every sign-in with whose it is, the newest first; a provider's id reads as its name. */
export async function listSignIns(queries: Queries): Promise<ListedSignIn[]> {
  const rows = await queries
    .selectFrom("sign_ins")
    .innerJoin("representatives", "representatives.id", "sign_ins.representative")
    .leftJoin("providers", "providers.id", "sign_ins.method")
    .select(["sign_ins.id", "token_hash", "sign_ins.representative", "area", "method", "address", "user_agent"])
    .select(["sign_ins.created_at", "last_seen_at", "display_name", "username", "expires_at"])
    .select("providers.name as provider_name")
    .orderBy("sign_ins.created_at", "desc")
    .execute();
  return rows.map((row) => ({
    ...toEnded(row),
    id: row.id,
    name: row.display_name,
    username: row.username,
    method: row.provider_name ?? row.method,
    address: row.address,
    userAgent: row.user_agent,
    signedInAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  }));
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
