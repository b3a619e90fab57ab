import { sql } from "kysely";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { Queries, Tx } from "../database/database.ts";

/** An account without its password hash, which never leaves this file but to be compared. */
export interface Representative {
  readonly id: RepresentativeId;
  readonly username: string;
  readonly displayName: string;
  /** Its own; group policies may define more. */
  readonly settings: DefinedSettings;
  readonly isDisabled: boolean;
  readonly lockedUntil: string | null;
  readonly lastSignInAt: string | null;
  readonly createdAt: string;
}

/** Columns that may be written; absent ones stay. */
export interface RepresentativeChanges {
  readonly displayName?: string;
  readonly settings?: DefinedSettings;
  readonly isDisabled?: boolean;
  readonly passwordHash?: string;
  readonly passwordChangedAt?: string;
  /** Forgets failed sign-ins and ends a lock. */
  readonly isUnlocked?: true;
}

const columns = [
  "id",
  "username",
  "display_name",
  "settings",
  "is_disabled",
  "locked_until",
  "last_sign_in_at",
  "created_at",
] as const;

export async function listRepresentatives(queries: Queries): Promise<Representative[]> {
  const rows = await queries.selectFrom("representatives").select(columns).orderBy("username").execute();
  return rows.map(toRepresentative);
}

export async function findRepresentative(queries: Queries, id: string): Promise<Representative | null> {
  const row = await queries.selectFrom("representatives").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toRepresentative(row);
}

export async function findRepresentativeByName(queries: Queries, username: string): Promise<Representative | null> {
  const query = queries.selectFrom("representatives").select(columns).where("username", "=", username);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : toRepresentative(row);
}

export async function readPasswordHash(queries: Queries, id: string): Promise<string | null> {
  const query = queries.selectFrom("representatives").select("password_hash").where("id", "=", id);
  return (await query.executeTakeFirst())?.password_hash ?? null;
}

export async function insertRepresentative(
  tx: Tx,
  account: Pick<Representative, "id" | "username" | "displayName" | "settings" | "createdAt"> & {
    readonly passwordHash: string;
  },
): Promise<void> {
  await tx
    .insertInto("representatives")
    .values({
      id: account.id,
      username: account.username,
      display_name: account.displayName,
      settings: JSON.stringify(account.settings),
      password_hash: account.passwordHash,
      is_disabled: 0,
      failed_sign_ins: 0,
      locked_until: null,
      password_changed_at: account.createdAt,
      last_sign_in_at: null,
      created_at: account.createdAt,
    })
    .execute();
}

export async function updateRepresentative(tx: Tx, id: string, changes: RepresentativeChanges): Promise<void> {
  const values = {
    ...(changes.displayName === undefined ? {} : { display_name: changes.displayName }),
    ...(changes.settings === undefined ? {} : { settings: JSON.stringify(changes.settings) }),
    ...(changes.isDisabled === undefined ? {} : { is_disabled: changes.isDisabled ? (1 as const) : (0 as const) }),
    ...(changes.passwordHash === undefined ? {} : { password_hash: changes.passwordHash }),
    ...(changes.passwordChangedAt === undefined ? {} : { password_changed_at: changes.passwordChangedAt }),
    ...(changes.isUnlocked === undefined ? {} : { failed_sign_ins: 0, locked_until: null }),
  };
  if (Object.keys(values).length === 0) return;
  await tx.updateTable("representatives").set(values).where("id", "=", id).execute();
}

export async function deleteRepresentative(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("representatives").where("id", "=", id).execute();
}

/** How many administrators may sign in. */
export async function countEnabledAdministrators(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom("representatives")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where(sql<number>`json_extract(settings, '$."site.administer"')`, "=", 1)
    .where("is_disabled", "=", 0)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

type Row = {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly settings: string;
  readonly is_disabled: 0 | 1;
  readonly locked_until: string | null;
  readonly last_sign_in_at: string | null;
  readonly created_at: string;
};

const toRepresentative = (row: Row): Representative => ({
  id: row.id as RepresentativeId,
  username: row.username,
  displayName: row.display_name,
  settings: JSON.parse(row.settings) as DefinedSettings,
  isDisabled: row.is_disabled === 1,
  lockedUntil: row.locked_until,
  lastSignInAt: row.last_sign_in_at,
  createdAt: row.created_at,
});
