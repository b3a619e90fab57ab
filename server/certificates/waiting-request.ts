/** The one request that waits for its certificate; its key never leaves the site. */
import type { Static } from "@sinclair/typebox";
import type { RequestCertificate } from "../../protocol/api/appliance/certificates.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { makeRequest } from "./certificate-request.ts";
import { plainName } from "./general-name.ts";
import { readRequest, type StoredRequest, writeRequest } from "./store.ts";

type Wish = Static<typeof RequestCertificate>;
/** Done in the transaction of a change. */
type Record = (tx: Tx, request: Pick<StoredRequest, "id" | "names">) => Promise<void>;

export class WaitingRequest {
  constructor(
    private readonly needs: { readonly database: Database; readonly clock: Clock; readonly secrets: Secrets },
  ) {}

  /** What pages show of it; null: there is none. */
  async read(): Promise<{ createdAt: string; names: string[]; requestPem: string } | null> {
    const request = await readRequest(this.needs.database.queries);
    if (request === null) return null;
    return { createdAt: request.createdAt, names: [...request.names], requestPem: request.requestPem };
  }

  /** Makes a key and a request for it, in the place of the one before. @throws {AppError} request.invalid for a name */
  async make(wish: Wish, record: Record): Promise<void> {
    const { database, clock, secrets } = this.needs;
    const names = [...new Set(wish.names.map(plainName))];
    const { requestPem, keyPem } = await makeRequest({ ...wish, organization: wish.organization.trim(), names });
    const id = newId<string>();
    const sealedKeyPem = secrets.seal(keyPlace(id), keyPem);
    await database.transaction(async (tx) => {
      await writeRequest(tx, { id, names, requestPem, sealedKeyPem, createdAt: clock.now().toISOString() });
      await record(tx, { id, names });
    });
  }

  /** Forgets it and its key. @throws {AppError} request.stale when there is none */
  async drop(record: Record): Promise<void> {
    await this.needs.database.transaction(async (tx) => {
      const request = await readRequest(tx);
      if (request === null) throw new AppError("request.stale", "There is no request any more. Load the page again.");
      await writeRequest(tx, null);
      await record(tx, request);
    });
  }

  /** The key its certificate belongs to. @throws {AppError} certificate.invalid when there is no request */
  async keyPem(): Promise<string> {
    const request = await readRequest(this.needs.database.queries);
    if (request === null)
      throw new AppError("certificate.invalid", "A private key is missing: no request waits for this certificate.");
    return this.needs.secrets.open(keyPlace(request.id), request.sealedKeyPem);
  }

  /** Its certificate is here. */
  async fulfil(tx: Tx): Promise<void> {
    await writeRequest(tx, null);
  }
}

const keyPlace = (row: string) => ({ table: "certificate_requests", row, column: "key_pem" });
