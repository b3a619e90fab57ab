import { sql } from "kysely";
import type { Queries, Tx } from "../database/database.ts";

/** The site's row, its private key still sealed. */
export interface StoredSite {
  readonly siteId: string;
  readonly sealedPrivateKey: string;
  readonly publicKey: string;
  readonly setUpAt: string | null;
}

export async function readSite(queries: Queries): Promise<StoredSite | null> {
  const row = await queries.selectFrom("site").selectAll().executeTakeFirst();
  if (row === undefined) return null;
  return {
    siteId: row.site_id,
    sealedPrivateKey: row.private_key,
    publicKey: row.public_key,
    setUpAt: row.set_up_at,
  };
}

export async function insertSite(tx: Tx, site: StoredSite): Promise<void> {
  await tx
    .insertInto("site")
    .values({
      id: 1,
      site_id: site.siteId,
      private_key: site.sealedPrivateKey,
      public_key: site.publicKey,
      trust_bundle_version: 0,
      set_up_at: site.setUpAt,
    })
    .execute();
}

export async function readSetUpAt(queries: Queries): Promise<string | null> {
  return (await queries.selectFrom("site").select("set_up_at").executeTakeFirst())?.set_up_at ?? null;
}

/** Marks the site as set up; `false` when it already was, and then nothing changes. */
export async function markSetUp(tx: Tx, at: string): Promise<boolean> {
  const result = await tx
    .updateTable("site")
    .set({ set_up_at: at })
    .where("set_up_at", "is", null)
    .executeTakeFirstOrThrow();
  return result.numUpdatedRows === 1n;
}

/** Raises the bundle's version by one, or to the one after `held`, and returns it. */
export async function nextBundleVersion(tx: Tx, held: number): Promise<number> {
  const row = await tx
    .updateTable("site")
    .set({ trust_bundle_version: sql<number>`max(trust_bundle_version, ${held}) + 1` })
    .returning("trust_bundle_version")
    .executeTakeFirstOrThrow();
  return row.trust_bundle_version;
}

export async function insertBundle(tx: Tx, version: number, jws: string, at: string): Promise<void> {
  await tx.insertInto("trust_bundles").values({ version, jws, created_at: at }).execute();
}

export async function newestBundle(queries: Queries): Promise<{ version: number; jws: string } | null> {
  const row = await queries
    .selectFrom("trust_bundles")
    .select(["version", "jws"])
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
