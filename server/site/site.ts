/** Who this site is: its id, its key, whether it is set up, and the trust bundle agents check certificates by. */
import type { TrustBundle } from "../../protocol/hello.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { generateSiteKey, openSiteKey, type SiteKey } from "./site-key.ts";
import {
  insertBundle,
  insertSite,
  markSetUp,
  newestBundle,
  nextBundleVersion,
  readSetUpAt,
  readSite,
  type StoredSite,
} from "./store.ts";

const PRIVATE_KEY_PLACE = { table: "site", row: "1", column: "private_key" };

/** What a trust bundle says beside its number and date. */
export type TrustedKeys = Pick<TrustBundle, "keys" | "roots">;

export class Site {
  #isSetUp = false;
  constructor(
    readonly siteId: string,
    readonly key: SiteKey,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Whether an administrator exists. One-way: once true it stays true (NA7). */
  async isSetUp(): Promise<boolean> {
    this.#isSetUp ||= (await readSetUpAt(this.database.queries)) !== null;
    return this.#isSetUp;
  }

  /** Marks the site as set up; `false` when it was already, and then the caller undoes its transaction. */
  async markSetUp(tx: Tx): Promise<boolean> {
    return await markSetUp(tx, this.clock.now().toISOString());
  }

  /** Signs and keeps a new bundle, one version above the last, and above `held`. */
  async publishTrust(tx: Tx, trusted: TrustedKeys, held = 0): Promise<void> {
    const version = await nextBundleVersion(tx, held);
    const issuedAt = this.clock.now().toISOString();
    const jws = await this.key.signBundle({ siteId: this.siteId, version, issuedAt, ...trusted });
    await insertBundle(tx, version, jws, issuedAt);
  }

  /** The newest bundle, as a compact JWS with its version; there is one as soon as there is a certificate. */
  async trustBundle(): Promise<{ readonly version: number; readonly jws: string }> {
    const bundle = await newestBundle(this.database.queries);
    if (bundle === null) throw new Error("no trust bundle has been published yet");
    return bundle;
  }
}

/** The site of this data directory; its id and key are made at the first start. */
export async function openSite(database: Database, secrets: Secrets, clock: Clock): Promise<Site> {
  const stored = (await readSite(database.queries)) ?? (await makeSite(database, secrets));
  const key = await openSiteKey(secrets.open(PRIVATE_KEY_PLACE, stored.sealedPrivateKey), clock);
  return new Site(stored.siteId, key, database, clock);
}

async function makeSite(database: Database, secrets: Secrets): Promise<StoredSite> {
  const { privateJwk, publicKey } = await generateSiteKey();
  const site: StoredSite = {
    siteId: newId(),
    sealedPrivateKey: secrets.seal(PRIVATE_KEY_PLACE, privateJwk),
    publicKey,
    setUpAt: null,
  };
  return await database.transaction(async (tx) => {
    const present = await readSite(tx);
    if (present === null) await insertSite(tx, site);
    return present ?? site;
  });
}
