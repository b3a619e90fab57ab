import type { Insertable } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";

/** An administrator of the appliance as the table has them. */
export interface StoredAdministrator {
  readonly id: string;
  readonly username: string;
  readonly passwordHash: string;
  /** Sealed; null: none. */
  readonly authenticatorApp: string | null;
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
  readonly failedSignIns: number;
  readonly lockedUntil: string | null;
}

const selectAdministrators = (queries: Queries) =>
  queries
    .selectFrom("appliance_administrators")
    .select([
      "id",
      "username",
      "password_hash as passwordHash",
      "authenticator_app as authenticatorApp",
      "created_at as createdAt",
      "last_sign_in_at as lastSignInAt",
      "failed_sign_ins as failedSignIns",
      "locked_until as lockedUntil",
    ]);

export async function listAdministrators(queries: Queries): Promise<StoredAdministrator[]> {
  return await selectAdministrators(queries).orderBy("username").execute();
}

export async function findAdministrator(queries: Queries, id: string): Promise<StoredAdministrator | null> {
  return (await selectAdministrators(queries).where("id", "=", id).executeTakeFirst()) ?? null;
}

/** By name, whatever its case. */
export async function findByUsername(queries: Queries, username: string): Promise<StoredAdministrator | null> {
  return (await selectAdministrators(queries).where("username", "=", username).executeTakeFirst()) ?? null;
}

export async function insertAdministrator(tx: Tx, row: Insertable<Schema["appliance_administrators"]>): Promise<void> {
  await tx.insertInto("appliance_administrators").values(row).execute();
}

export async function deleteAdministrator(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("appliance_administrators").where("id", "=", id).execute();
}

export async function writePassword(tx: Tx, id: string, hash: string): Promise<void> {
  await tx.updateTable("appliance_administrators").set({ password_hash: hash }).where("id", "=", id).execute();
}

export async function writeApp(tx: Tx, id: string, sealed: string | null): Promise<void> {
  await tx.updateTable("appliance_administrators").set({ authenticator_app: sealed }).where("id", "=", id).execute();
}

export async function writeFailures(tx: Tx, id: string, failed: number, lockedUntil: string | null): Promise<void> {
  await tx
    .updateTable("appliance_administrators")
    .set({ failed_sign_ins: failed, locked_until: lockedUntil })
    .where("id", "=", id)
    .execute();
}

export async function writeSignedIn(tx: Tx, id: string, at: string): Promise<void> {
  await tx
    .updateTable("appliance_administrators")
    .set({ failed_sign_ins: 0, locked_until: null, last_sign_in_at: at })
    .where("id", "=", id)
    .execute();
}
