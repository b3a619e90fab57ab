/**
 * The certificate the site shows, and its replacement without losing an agent: first a trust bundle with the old and the
 * new key is published and pushed, then the new certificate is served, then a bundle without the old key follows. A
 * process killed in between starts again with the old one, which every bundle so far names. One that is only prepared is in
 * the bundle for as long as it waits.
 */
import { X509Certificate } from "node:crypto";
import type { Certificate } from "../../protocol/api/administration.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { Site, TrustedKeys } from "../site/site.ts";
import { checkCertificate, type CheckedCertificate, isSelfSigned, readChain } from "./certificate-check.ts";
import { describeCertificate } from "./certificate-view.ts";
import { makeSelfSigned } from "./self-signed.ts";
import { MAX_LEAP } from "./pre-flight.ts";
import {
  changeState,
  highestHeldVersion,
  insertCertificate,
  readCertificate,
  type StoredCertificate,
} from "./store.ts";

/** What the listener serves. */
export interface ServedCertificate {
  readonly id: string;
  readonly chainPem: string;
  readonly keyPem: string;
}
type TrustListener = (trustBundle: string) => void | Promise<void>;
type ServedListener = (certificate: ServedCertificate) => void;
/** What a caller does in the transaction of a change: who asks is asked again there, and it is written down. */
export type InTransaction = (tx: Tx, certificate: { readonly id: string; readonly subject: string }) => Promise<void>;

export interface CertificatesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly settings: SiteSettings;
  readonly site: Site;
}

export class Certificates {
  readonly #needs: CertificatesNeeds;
  readonly #trustListeners = new Set<TrustListener>();
  readonly #servedListeners = new Set<ServedListener>();
  #servedId: string | null = null;
  /** Replacements wait for each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(needs: CertificatesNeeds) {
    this.#needs = needs;
  }

  /** Called with each new trust bundle, before the certificate it announces is served; push it to every agent. */
  onTrustChanged(listener: TrustListener): Disposable {
    this.#trustListeners.add(listener);
    return { [Symbol.dispose]: () => this.#trustListeners.delete(listener) };
  }

  /** Called when another certificate is to be served from now on. */
  onServedChanged(listener: ServedListener): Disposable {
    this.#servedListeners.add(listener);
    return { [Symbol.dispose]: () => this.#servedListeners.delete(listener) };
  }

  /** The certificate to serve now. */
  async served(): Promise<ServedCertificate> {
    const stored = await this.#active();
    this.#servedId = stored.id;
    const keyPem = this.#needs.secrets.open(keyPlace(stored.id), stored.sealedKeyPem);
    return { id: stored.id, chainPem: stored.chainPem, keyPem };
  }

  /** The chain of the certificate to serve now, leaf first. */
  async chainPem(): Promise<string> {
    return (await this.#active()).chainPem;
  }

  /** What the pages show of it. */
  async describe(): Promise<Certificate> {
    const { hostname } = await this.#needs.settings.read();
    return describeCertificate(readChain((await this.#active()).chainPem), hostname);
  }

  /**
   * Takes an uploaded chain and key into service.
   * @throws {AppError} certificate.invalid
   */
  async replace(actor: AuditActor, chainPem: string, keyPem: string): Promise<void> {
    const { audit, clock } = this.#needs;
    const checked = checkCertificate(chainPem, keyPem, clock.now());
    await this.replaceWith(checked, async (tx, { id, subject }) => {
      const object = { kind: "certificate", id, name: subject };
      const detail = { spkiSha256: checked.spkiSha256 };
      await audit.record(tx, { action: "certificate.replaced", outcome: "succeeded", actor, object, detail });
    });
  }

  /** Takes a checked certificate into service. @throws {AppError} certificate.invalid when TLS does not take it */
  async replaceWith(checked: CheckedCertificate, record: InTransaction): Promise<void> {
    await this.#inTurn(() => this.#replaceNow(checked, record));
  }

  /** The one that is ready to be served and whose key Jump Clients learn already; null: there is none. */
  async next(): Promise<StoredCertificate | null> {
    return await readCertificate(this.#needs.database.queries, "next");
  }

  /** Keeps a checked certificate ready, in the place of the one before, and tells every Jump Client of its key. */
  async prepareNext(checked: CheckedCertificate, record: InTransaction): Promise<void> {
    await this.#inTurn(async () => {
      await this.#needs.database.transaction(async (tx) => {
        await changeState(tx, "next", "retired");
        const id = await this.#insert(tx, checked, "next");
        await this.#publish(tx);
        await record(tx, { id, subject: new X509Certificate(checked.chainPem).subject });
      });
      await this.#announce();
    });
  }

  /** Forgets the one that was ready. @throws {AppError} request.stale when there is none */
  async dropNext(record: InTransaction): Promise<void> {
    await this.#inTurn(async () => {
      await this.#needs.database.transaction(async (tx) => {
        const next = await requireNext(tx);
        await changeState(tx, "next", "retired");
        await this.#publish(tx);
        await record(tx, { id: next.id, subject: new X509Certificate(next.chainPem).subject });
      });
      await this.#announce();
    });
  }

  /** Serves the one that is ready. @throws {AppError} request.stale, certificate.invalid when TLS does not take it */
  async serveNext(record: InTransaction): Promise<void> {
    await this.#inTurn(async () => {
      const { database, secrets } = this.#needs;
      const next = await database.transaction(async (tx) => {
        const found = await requireNext(tx);
        // Once more: a Jump Client may have said since then that it holds a later one.
        await this.#publish(tx);
        return found;
      });
      const keyPem = secrets.open(keyPlace(next.id), next.sealedKeyPem);
      await this.#bringIn({ id: next.id, chainPem: next.chainPem, keyPem }, "next", record);
    });
  }

  /** Makes a certificate for the hostname of the settings and takes it into service. */
  async replaceWithSelfSigned(actor: AuditActor): Promise<void> {
    const { hostname } = await this.#needs.settings.read();
    const made = makeSelfSigned(hostname, this.#needs.clock.now());
    await this.replace(actor, made.chainPem, made.keyPem);
  }

  /** Makes the first certificate, where there is none. */
  async prepare(): Promise<void> {
    const { database, clock, settings } = this.#needs;
    if ((await readCertificate(database.queries, "active")) !== null) return;
    const { hostname } = await settings.read();
    const made = makeSelfSigned(hostname, clock.now());
    const first = checkCertificate(made.chainPem, made.keyPem, clock.now());
    await database.transaction(async (tx) => {
      if ((await readCertificate(tx, "active")) !== null) return;
      await this.#insert(tx, first, "active");
      await this.#publish(tx);
    });
  }

  /** Forgets a certificate whose coming a killed process announced. Only who serves may call this. */
  async forgetComing(): Promise<void> {
    await this.#forget("coming");
  }

  /** Looks whether another process has put another certificate into service. */
  async reload(): Promise<void> {
    const active = await this.#active();
    if (this.#servedId === null || active.id === this.#servedId) return;
    await this.#announce();
    this.#serve(await this.served());
  }

  /** Publishes anew what is trusted, under a number above this one: after a restore, whose numbers Jump Clients had before. */
  async publishAbove(tx: Tx, version: number): Promise<void> {
    await this.#publish(tx, version);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const working = this.#last.catch(() => undefined).then(work);
    this.#last = working.catch(() => undefined);
    await working;
  }

  async #replaceNow(checked: CheckedCertificate, record: InTransaction): Promise<void> {
    const id = await this.#needs.database.transaction(async (tx) => {
      await changeState(tx, "coming", "retired");
      const inserted = await this.#insert(tx, checked, "coming");
      await this.#publish(tx);
      return inserted;
    });
    await this.#bringIn({ id, chainPem: checked.chainPem, keyPem: checked.keyPem }, "coming", record);
  }

  /** Its key is published: tells everybody, serves it, and then forgets the one before. */
  async #bringIn(certificate: ServedCertificate, from: "next" | "coming", record: InTransaction): Promise<void> {
    const { id, chainPem } = certificate;
    await this.#announce();
    await this.#tryToServe(certificate, from);
    await this.#needs.database.transaction(async (tx) => {
      if ((await readCertificate(tx, from))?.id !== id) throw overtaken();
      await changeState(tx, "active", "retired");
      await changeState(tx, from, "active");
      await this.#publish(tx);
      await record(tx, { id, subject: new X509Certificate(chainPem).subject });
    });
    await this.#announce();
  }

  /** What our own check lets pass the TLS library may still not take. */
  async #tryToServe(certificate: ServedCertificate, from: "next" | "coming"): Promise<void> {
    try {
      this.#serve(certificate);
    } catch (error) {
      await this.#forget(from);
      await this.#announce();
      throw new AppError(
        "certificate.invalid",
        "The server cannot serve this certificate. The one before stays in use.",
        { cause: error },
      );
    }
  }

  async #forget(state: "next" | "coming"): Promise<void> {
    await this.#needs.database.transaction(async (tx) => {
      if ((await readCertificate(tx, state)) === null) return;
      await changeState(tx, state, "retired");
      await this.#publish(tx);
    });
  }

  async #insert(tx: Tx, checked: CheckedCertificate, state: "active" | "next" | "coming"): Promise<string> {
    const { clock, secrets } = this.#needs;
    const id = newId<string>();
    const sealedKeyPem = secrets.seal(keyPlace(id), checked.keyPem);
    const { chainPem, spkiSha256 } = checked;
    await insertCertificate(tx, { id, chainPem, sealedKeyPem, spkiSha256 }, state, clock.now().toISOString());
    return id;
  }

  async #publish(tx: Tx, above = 0): Promise<void> {
    const states = ["active", "next", "coming"] as const;
    const present: StoredCertificate[] = [];
    for (const state of states) {
      const found = await readCertificate(tx, state);
      if (found !== null) present.push(found);
    }
    const held = Math.max(above, await highestHeldVersion(tx, MAX_LEAP));
    await this.#needs.site.publishTrust(tx, trustedKeys(present), held);
  }

  async #announce(): Promise<void> {
    const { jws } = await this.#needs.site.trustBundle();
    await Promise.all(Array.from(this.#trustListeners, (listener) => listener(jws)));
  }

  #serve(certificate: ServedCertificate): void {
    for (const listener of this.#servedListeners) listener(certificate);
    this.#servedId = certificate.id;
  }

  async #active(): Promise<StoredCertificate> {
    const stored = await readCertificate(this.#needs.database.queries, "active");
    if (stored === null) throw new Error("there is no certificate; prepare() makes the first");
    return stored;
  }
}

const keyPlace = (row: string) => ({ table: "certificates", row, column: "key_pem" });

async function requireNext(tx: Tx): Promise<StoredCertificate> {
  const next = await readCertificate(tx, "next");
  if (next === null)
    throw new AppError("request.stale", "No certificate is ready any more. Look at what is served now.");
  return next;
}

const overtaken = (): AppError =>
  new AppError("request.conflict", "Somebody else replaced the certificate at the same moment. Look at it again.");

function trustedKeys(certificates: readonly StoredCertificate[]): TrustedKeys {
  const roots = certificates.flatMap(({ chainPem }) =>
    readChain(chainPem).filter((certificate) => certificate.ca && isSelfSigned(certificate)),
  );
  return {
    keys: [...new Set(certificates.map(({ spkiSha256 }) => spkiSha256))],
    roots: [...new Set(roots.map((root) => root.toString()))],
  };
}
