import type { Queries, Tx } from "../../database/database.ts";

export interface StoredPasskey {
  /** The credential id, base64url. */
  readonly id: string;
  readonly representative: string;
  readonly name: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** The model, as a UUID; zeros: the key does not say. */
  readonly aaguid: string;
  readonly isBackedUp: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** An account's passkeys, the oldest first. */
export async function passkeysOf(queries: Queries, representative: string): Promise<StoredPasskey[]> {
  const query = queries.selectFrom("passkeys").selectAll().where("representative", "=", representative);
  return (await query.orderBy("created_at").execute()).map(toPasskey);
}

export async function findPasskey(queries: Queries, id: string): Promise<StoredPasskey | null> {
  const row = await queries.selectFrom("passkeys").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toPasskey(row);
}

/** Of all accounts. */
export async function countPasskeys(queries: Queries): Promise<number> {
  const query = queries.selectFrom("passkeys").select((count) => count.fn.countAll<number>().as("count"));
  return (await query.executeTakeFirstOrThrow()).count;
}

/** Whose account ids are in a transaction that is under way count, too: the limit holds inside the insert. */
export async function insertPasskey(tx: Tx, passkey: StoredPasskey): Promise<void> {
  await tx
    .insertInto("passkeys")
    .values({
      id: passkey.id,
      representative: passkey.representative,
      name: passkey.name,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: JSON.stringify(passkey.transports),
      aaguid: passkey.aaguid,
      is_backed_up: passkey.isBackedUp ? 1 : 0,
      created_at: passkey.createdAt,
      last_used_at: null,
    })
    .execute();
}

export async function writePasskeyName(tx: Tx, id: string, name: string): Promise<void> {
  await tx.updateTable("passkeys").set({ name }).where("id", "=", id).execute();
}

export async function writePasskeyUse(
  tx: Tx,
  id: string,
  { counter, isBackedUp, at }: { counter: number; isBackedUp: boolean; at: string },
): Promise<void> {
  await tx
    .updateTable("passkeys")
    .set({ counter, is_backed_up: isBackedUp ? 1 : 0, last_used_at: at })
    .where("id", "=", id)
    .execute();
}

export async function deletePasskey(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("passkeys").where("id", "=", id).execute();
}

interface PasskeyRow {
  id: string;
  representative: string;
  name: string;
  public_key: string;
  counter: number;
  transports: string;
  aaguid: string;
  is_backed_up: 0 | 1;
  created_at: string;
  last_used_at: string | null;
}
const toPasskey = (row: PasskeyRow): StoredPasskey => ({
  id: row.id,
  representative: row.representative,
  name: row.name,
  publicKey: row.public_key,
  counter: row.counter,
  transports: JSON.parse(row.transports) as string[],
  aaguid: row.aaguid,
  isBackedUp: row.is_backed_up === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});
