import { Type } from "@sinclair/typebox";
import { sql } from "kysely";
import type { Queries, Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";

/** A certificate as it is kept; the key is sealed. */
export interface StoredCertificate {
  readonly id: string;
  readonly chainPem: string;
  readonly sealedKeyPem: string;
  readonly spkiSha256: string;
  /** Only of the next one: when it becomes current by itself, and whether its pre-flight counts then. */
  readonly switchesAt: string | null;
  readonly isSwitchForced: boolean;
}
type State = "active" | "next" | "coming" | "retired";

/** The newest in a state of which there is one at most. */
export async function readCertificate(
  queries: Queries,
  state: Exclude<State, "retired">,
): Promise<StoredCertificate | null> {
  const row = await queries.selectFrom("certificates").selectAll().where("state", "=", state).executeTakeFirst();
  if (row === undefined) return null;
  return {
    ...{ id: row.id, chainPem: row.chain_pem, sealedKeyPem: row.key_pem, spkiSha256: row.spki_sha256 },
    ...{ switchesAt: row.switches_at, isSwitchForced: row.is_switch_forced === 1 },
  };
}

export async function insertCertificate(
  tx: Tx,
  certificate: Pick<StoredCertificate, "id" | "chainPem" | "sealedKeyPem" | "spkiSha256">,
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

/** When the next one becomes current by itself; null: not by itself. `false` when there is no next one. */
export async function writeSwitch(tx: Tx, switchesAt: string | null, isForced: boolean): Promise<boolean> {
  const result = await tx
    .updateTable("certificates")
    .set({ switches_at: switchesAt, is_switch_forced: isForced ? 1 : 0 })
    .where("state", "=", "next")
    .executeTakeFirstOrThrow();
  return result.numUpdatedRows > 0n;
}

/** A request that waits for its certificate; the key is sealed. */
export interface StoredRequest {
  readonly id: string;
  readonly names: readonly string[];
  readonly requestPem: string;
  readonly sealedKeyPem: string;
  readonly createdAt: string;
}

const Names = Type.Array(Type.String());

export async function readRequest(queries: Queries): Promise<StoredRequest | null> {
  const row = await queries.selectFrom("certificate_requests").selectAll().executeTakeFirst();
  if (row === undefined) return null;
  return {
    ...{ id: row.id, names: fromTable(Names, JSON.parse(row.names)), requestPem: row.request_pem },
    ...{ sealedKeyPem: row.key_pem, createdAt: row.created_at },
  };
}

/** Keeps one, in the place of whatever was there; null: none. */
export async function writeRequest(tx: Tx, request: StoredRequest | null): Promise<void> {
  await tx.deleteFrom("certificate_requests").execute();
  if (request === null) return;
  await tx
    .insertInto("certificate_requests")
    .values({
      ...{ id: request.id, names: JSON.stringify(request.names), request_pem: request.requestPem },
      ...{ key_pem: request.sealedKeyPem, created_at: request.createdAt },
    })
    .execute();
}

/** The highest trust bundle that a Jump Client says it holds, of those at most `leap` above the site's own. */
export async function highestHeldVersion(tx: Tx, leap: number): Promise<number> {
  const row = await tx
    .selectFrom("jump_clients")
    .select(({ fn }) => fn.max("trust_bundle_version").as("held"))
    .where("trust_bundle_version", "<=", ({ selectFrom }) =>
      selectFrom("site").select(sql<number>`trust_bundle_version + ${leap}`.as("reach")),
    )
    .executeTakeFirst();
  return row?.held ?? 0;
}

/** Bundles as they were published, newest first. */
export async function newestBundles(queries: Queries, limit: number): Promise<{ version: number; jws: string }[]> {
  return await queries
    .selectFrom("trust_bundles")
    .select(["version", "jws"])
    .orderBy("version", "desc")
    .limit(limit)
    .execute();
}

/** How many Jump Clients there are, not counting those that were removed. */
export async function countHolders(
  queries: Queries,
  { since, newest, reach }: { readonly since: number | null; readonly newest: number; readonly reach: number },
): Promise<{ jumpClients: number; accepting: number; lost: number }> {
  const row = await queries
    .selectFrom("jump_clients")
    .select([
      sql<number>`count(*)`.as("all"),
      sql<number>`coalesce(sum(coalesce(trust_bundle_version, 0) <= ${reach} and
        (is_online = 1 or trust_bundle_version between ${since ?? reach + 1} and ${newest})), 0)`.as("accepting"),
      sql<number>`coalesce(sum(coalesce(trust_bundle_version, 0) > ${reach}), 0)`.as("lost"),
    ])
    .where("is_leaving", "=", 0)
    .executeTakeFirstOrThrow();
  return { jumpClients: row.all, accepting: row.accepting, lost: row.lost };
}

/** Those that hold a bundle beyond `reach`, by name. */
export async function listLost(
  queries: Queries,
  reach: number,
  limit: number,
): Promise<{ id: string; name: string; lastSeenAt: string }[]> {
  return await queries
    .selectFrom("jump_clients")
    .select(["id", "name", "status_since as lastSeenAt"])
    .where("is_leaving", "=", 0)
    .where("trust_bundle_version", ">", reach)
    .orderBy("name")
    .limit(limit)
    .execute();
}
