import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Queries, Tx } from "../database/database.ts";

/** An account without its password hash, which never leaves this file but to be compared. */
export interface Representative {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  readonly publicName: string;
  readonly email: string;
  /** "local" or a provider's id. */
  readonly provider: string;
  readonly isDisabled: boolean;
  readonly isBreakGlass: boolean;
  readonly mustChangePassword: boolean;
  readonly expiresAt: string | null;
  readonly language: string;
  /** Its own; group policies may define more. */
  readonly settings: DefinedSettings;
  readonly createdAt: string;
  readonly version: number;
}

/** What an account begins with. */
export type NewRepresentative = Omit<Representative, "isDisabled" | "version" | "provider" | "language"> & {
  readonly passwordHash: string;
};

/** Columns that may be written; absent ones stay. */
export type RepresentativeChanges = Partial<
  Omit<Representative, "id" | "username" | "provider" | "createdAt" | "version">
>;

const columns = [
  "id",
  "username",
  "display_name",
  "public_name",
  "email",
  "provider",
  "is_disabled",
  "is_break_glass",
  "must_change_password",
  "expires_at",
  "language",
  "settings",
  "created_at",
  "version",
] as const;

export async function findRepresentative(queries: Queries, id: string): Promise<Representative | null> {
  const row = await queries.selectFrom("representatives").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toRepresentative(row);
}

/** User names are compared without case. */
export async function findRepresentativeByName(queries: Queries, username: string): Promise<Representative | null> {
  const query = queries.selectFrom("representatives").select(columns).where("username", "=", username);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : toRepresentative(row);
}

export async function insertRepresentative(tx: Tx, account: NewRepresentative): Promise<void> {
  await tx
    .insertInto("representatives")
    .values({
      id: account.id,
      username: account.username,
      display_name: account.displayName,
      public_name: account.publicName,
      email: account.email,
      settings: JSON.stringify(account.settings),
      password_hash: account.passwordHash,
      password_changed_at: account.createdAt,
      is_break_glass: flag(account.isBreakGlass),
      must_change_password: flag(account.mustChangePassword),
      expires_at: account.expiresAt,
      is_disabled: 0,
      failed_sign_ins: 0,
      locked_until: null,
      last_sign_in_at: null,
      created_at: account.createdAt,
    })
    .execute();
}

/** Writes what is there and raises the account's version. */
export async function updateRepresentative(tx: Tx, id: string, changes: RepresentativeChanges): Promise<void> {
  const { settings, isDisabled, isBreakGlass, mustChangePassword } = changes;
  const values = {
    display_name: changes.displayName,
    public_name: changes.publicName,
    email: changes.email,
    settings: settings && JSON.stringify(settings),
    is_disabled: isDisabled === undefined ? undefined : flag(isDisabled),
    is_break_glass: isBreakGlass === undefined ? undefined : flag(isBreakGlass),
    must_change_password: mustChangePassword === undefined ? undefined : flag(mustChangePassword),
    expires_at: changes.expiresAt,
    language: changes.language,
  };
  await tx
    .updateTable("representatives")
    .set((eb) => ({ ...definedOnly(values), version: eb("version", "+", 1) }))
    .where("id", "=", id)
    .execute();
}

type Defined<T> = { [N in keyof T]?: Exclude<T[N], undefined> };
const definedOnly = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);

/** Ends a lock and forgets failed sign-ins. */
export async function unlockRepresentative(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable("representatives")
    .set({ failed_sign_ins: 0, locked_until: null })
    .where("id", "=", id)
    .execute();
}

export async function deleteRepresentative(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("representatives").where("id", "=", id).execute();
}

/** What an account proves itself with beside a password. */
export interface SecondProofs {
  readonly passkeys: number;
  readonly hasAuthenticatorApp: boolean;
}

/** Forgets the account's passkeys and authenticator app; returns what there was. */
export async function deleteSecondProofs(tx: Tx, id: string): Promise<SecondProofs> {
  const before = await tx.selectFrom("representatives").select("totp_secret").where("id", "=", id).executeTakeFirst();
  const passkeys = await tx.deleteFrom("passkeys").where("representative", "=", id).executeTakeFirst();
  await tx.deleteFrom("recovery_codes").where("representative", "=", id).execute();
  await tx
    .updateTable("representatives")
    .set({ totp_secret: null, totp_last_step: null })
    .where("id", "=", id)
    .execute();
  return { passkeys: Number(passkeys.numDeletedRows), hasAuthenticatorApp: before?.totp_secret != null };
}

/** The account's personal list with what stands on it; null: it has none. */
export async function findPersonalList(
  tx: Tx,
  owner: string,
): Promise<{ id: string; jumpClients: number; installers: number } | null> {
  const list = await tx.selectFrom("jump_groups").select("id").where("owner", "=", owner).executeTakeFirst();
  if (list === undefined) return null;
  const [jumpClients, installers] = [
    await countIn(tx, "jump_clients", list.id),
    await countIn(tx, "installers", list.id),
  ];
  return { id: list.id, jumpClients, installers };
}

async function countIn(tx: Tx, table: "jump_clients" | "installers", jumpGroup: string): Promise<number> {
  const query = tx.selectFrom(table).select(({ fn }) => fn.countAll().as("total"));
  return Number((await query.where("jump_group", "=", jumpGroup).executeTakeFirstOrThrow()).total);
}

export async function deletePersonalList(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("jump_groups").where("id", "=", id).execute();
}

type Row = {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly public_name: string;
  readonly email: string;
  readonly provider: string;
  readonly is_disabled: 0 | 1;
  readonly is_break_glass: 0 | 1;
  readonly must_change_password: 0 | 1;
  readonly expires_at: string | null;
  readonly language: string;
  readonly settings: string;
  readonly created_at: string;
  readonly version: number;
};

const toRepresentative = (row: Row): Representative => ({
  id: row.id as RepresentativeId,
  username: row.username,
  displayName: row.display_name,
  publicName: row.public_name,
  email: row.email,
  provider: row.provider,
  isDisabled: row.is_disabled === 1,
  isBreakGlass: row.is_break_glass === 1,
  mustChangePassword: row.must_change_password === 1,
  expiresAt: row.expires_at,
  language: row.language,
  settings: JSON.parse(row.settings) as DefinedSettings,
  createdAt: row.created_at,
  version: row.version,
});
