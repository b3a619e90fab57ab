import type { Queries, Tx } from "../database/database.ts";

/** A certificate as it is kept; the key is sealed. */
export interface StoredCertificate {
  readonly id: string;
  readonly chainPem: string;
  readonly sealedKeyPem: string;
  readonly spkiSha256: string;
}
type State = "active" | "coming" | "retired";

export async function readCertificate(queries: Queries, state: "active" | "coming"): Promise<StoredCertificate | null> {
  const row = await queries.selectFrom("certificates").selectAll().where("state", "=", state).executeTakeFirst();
  if (row === undefined) return null;
  return { id: row.id, chainPem: row.chain_pem, sealedKeyPem: row.key_pem, spkiSha256: row.spki_sha256 };
}

export async function insertCertificate(
  tx: Tx,
  certificate: StoredCertificate,
  state: State,
  createdAt: string,
): Promise<void> {
  await tx
    .insertInto("certificates")
    .values({
      id: certificate.id,
      chain_pem: certificate.chainPem,
      key_pem: certificate.sealedKeyPem,
      spki_sha256: certificate.spkiSha256,
      state,
      created_at: createdAt,
    })
    .execute();
}

/** Moves every certificate of one state to another. */
export async function changeState(tx: Tx, from: State, to: State): Promise<void> {
  await tx.updateTable("certificates").set({ state: to }).where("state", "=", from).execute();
}
