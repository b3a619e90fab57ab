/** Certificates that come and are renewed by themselves, from any authority that speaks ACME (RFC 8555). */
import type { JWK } from "jose";
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type {
  AcmeState,
  AcmeStep,
  ApplianceCertificates,
  ChangeAcme,
} from "../../../protocol/api/appliance/certificates.ts";
import type { Static } from "@sinclair/typebox";
import { AppError } from "../../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../../actor.ts";
import type { ApplianceChangeNeeds } from "../../appliance-administrators/appliance-change.ts";
import { auditActor } from "../../audit/audit-actor.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import { checkCertificate, isSelfSigned, readChain } from "../certificate-check.ts";
import { makeRequest } from "../certificate-request.ts";
import type { Certificates } from "../certificates.ts";
import { findReach } from "../pre-flight.ts";
import { openAccount } from "./account.ts";
import { readAcmeWish } from "./acme-wish.ts";
import { AuthorityRefusal } from "./authority-answers.ts";
import { authorityFetch } from "./authority-fetch.ts";
import { obtainChain } from "./order.ts";
import { ProofListener } from "./proof-listener.ts";
import { mayTry, renewAt, retryAt } from "./renewal-schedule.ts";
import { makeAccountKey, SignedRequests } from "./signed-requests.ts";
import { readAcme, type StoredAcme, writeAcme } from "./store.ts";

/** How often it is looked whether the certificate has to be renewed. */
const LOOK_MS = 60_000;

/** What came of a try: what administrators are told. */
export interface AcmeNews {
  readonly kind: "renewed" | "failed";
  /** The problem in words, or the names of the new certificate. */
  readonly detail: string;
}
/** Opens a port of the machine's firewall until it is disposed of. */
export type OpenPort = (port: number) => Promise<AsyncDisposable>;

export interface AcmeNeeds extends ApplianceChangeNeeds {
  readonly secrets: Secrets;
  readonly certificates: Certificates;
  /** Where authorities look for the proof: 80, but in tests. */
  readonly proofPort: number;
  readonly openPort: OpenPort;
  /** Told of each try that came to an end. */
  onNews(news: AcmeNews): void;
}
type Shown = Pick<ApplianceCertificates, "acme" | "hasBindingKey" | "acmeState">;

export class Acme implements AsyncDisposable {
  readonly #needs: AcmeNeeds;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #step: AcmeStep | null = null;
  #looksAtMs = 0;
  constructor(needs: AcmeNeeds) {
    this.#needs = needs;
  }

  /** What pages show of it. */
  async read(): Promise<Shown> {
    const { settings, sealedBindingKey, ...kept } = await readAcme(this.#needs.database.queries);
    const isRunning = this.#running !== null;
    const acmeState: AcmeState = {
      ...{ lastTriedAt: kept.lastTriedAt, nextTryAt: kept.nextTryAt },
      ...{ problem: isRunning ? "" : kept.problem, isRunning, step: this.#step },
    };
    return { acme: settings, hasBindingKey: sealedBindingKey !== null, acmeState };
  }

  /** @throws {AppError} request.invalid with what is wrong, sign_in.required */
  async change(asker: ApplianceAdministrator, wish: Static<typeof ChangeAcme>): Promise<void> {
    const { database, audit, secrets, applianceSignIns } = this.#needs;
    const { settings, bindingKey } = readAcmeWish(wish);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      const before = await readAcme(tx);
      const sealed =
        bindingKey === undefined ? before.sealedBindingKey : secrets.seal(place("binding_key"), bindingKey);
      const sealedBindingKey = settings.bindingKeyId === "" ? null : sealed;
      if (settings.bindingKeyId !== "" && sealedBindingKey === null)
        throw new AppError("request.invalid", "A key belongs to the key id. The authority gave out both.");
      await writeAcme(tx, { settings, sealedBindingKey, nextTryAt: null, problem: "", failures: 0 });
      const object = { kind: "certificate", id: "acme", name: settings.directory };
      const detail = { isEnabled: settings.isEnabled, names: settings.names };
      await audit.record(tx, {
        ...{ action: "certificate-renewal.changed", outcome: "succeeded", actor: auditActor(asker), object, detail },
      });
    });
  }

  /** Tries now, in the background; read() tells how far it is. @throws {AppError} request.conflict when it is off */
  async renew(asker: ApplianceAdministrator): Promise<void> {
    const { database, applianceSignIns } = this.#needs;
    const { settings } = await readAcme(database.queries);
    if (!settings.isEnabled) throw new AppError("request.conflict", "Renewal is off. Turn it on and save first.");
    await database.transaction(async (tx) => void (await applianceSignIns.requireIn(tx, asker)));
    this.#start();
  }

  /** To be called every second or so; looks once a minute and begins a renewal when it is time. */
  async tick(): Promise<void> {
    const { clock, database, certificates } = this.#needs;
    if (this.#running !== null || clock.monotonicMs() < this.#looksAtMs) return;
    this.#looksAtMs = clock.monotonicMs() + LOOK_MS;
    const { settings, nextTryAt } = await readAcme(database.queries);
    if (!settings.isEnabled || !mayTry(nextTryAt, clock.now())) return;
    const leaf = readChain(await certificates.chainPem())[0]!;
    if (isDue(leaf, settings.names, settings.renewDaysBefore, clock.now())) this.#start();
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the server stops"));
    await this.#running;
  }

  #start(): void {
    if (this.#running !== null || this.#stop.signal.aborted) return;
    this.#running = this.#try().finally(() => {
      this.#running = null;
      this.#step = null;
    });
  }

  /** One try, written down; never throws. */
  async #try(): Promise<void> {
    const { database, clock, log, onNews } = this.#needs;
    try {
      const { failures, settings } = await this.#begin();
      try {
        await this.#obtain(settings);
        onNews({ kind: "renewed", detail: settings.names.join(", ") });
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const problem = problemOf(error);
        log.warn(`no certificate came from the authority: ${problem}`);
        const nextTryAt = retryAt(clock.now(), failures + 1, retryAfterOf(error), Math.random()).toISOString();
        await database.transaction((tx) => writeAcme(tx, { problem, nextTryAt }));
        onNews({ kind: "failed", detail: problem });
      }
    } catch (error) {
      log.error("a renewal of the certificate could not be written down", error);
    }
  }

  /** Counted as failed until it is done: a server that ends in the middle, again and again, asks ever less often. */
  async #begin(): Promise<StoredAcme> {
    const { database, clock } = this.#needs;
    return await database.transaction(async (tx) => {
      const before = await readAcme(tx);
      const failures = before.failures + 1;
      const nextTryAt = retryAt(clock.now(), failures, null, Math.random()).toISOString();
      await writeAcme(tx, { lastTriedAt: clock.now().toISOString(), nextTryAt, failures });
      return before;
    });
  }

  async #obtain(settings: StoredAcme["settings"]): Promise<void> {
    const { clock, openPort, proofPort } = this.#needs;
    const { signal } = this.#stop;
    this.#step = "account";
    const requests = await this.#openRequests(settings);
    this.#step = "order";
    await using proofs = new Proofs(openPort, proofPort);
    const told = (step: AcmeStep): void => void (this.#step = step);
    const { der, keyPem } = await makeRequest({ names: settings.names, organization: "", key: "ec" });
    const showProof = (token: string, text: string): Promise<void> => proofs.show(token, text);
    const chainPem = await obtainChain({ requests, clock, signal, showProof, told }, settings.names, der);
    this.#step = "service";
    await this.#serve(chainPem, keyPem);
  }

  /** With the account of this directory; the key is kept before it is used, so that no account is lost. */
  async #openRequests(settings: StoredAcme["settings"]): Promise<SignedRequests> {
    const { database, secrets } = this.#needs;
    const { directory, authorityPem, email, bindingKeyId } = settings;
    const stored = await readAcme(database.queries);
    const isSame = stored.accountDirectory === directory && stored.sealedAccountKey !== null;
    const key = isSame ? this.#openKey(stored.sealedAccountKey) : await makeAccountKey();
    if (!isSame) {
      const sealedAccountKey = secrets.seal(place("account_key"), JSON.stringify(key));
      const account = { sealedAccountKey, accountDirectory: directory, accountUrl: null };
      await database.transaction((tx) => writeAcme(tx, account));
    }
    const requests = await SignedRequests.open(directory, authorityFetch(authorityPem, this.#stop.signal), key);
    const { sealedBindingKey } = stored;
    const binding =
      bindingKeyId === "" || sealedBindingKey === null
        ? null
        : { keyId: bindingKeyId, key: secrets.open(place("binding_key"), sealedBindingKey) };
    // A known key is answered with its account: so terms that changed are agreed to, and a lost address is found again.
    const accountUrl = await openAccount(requests, email, binding);
    await database.transaction((tx) => writeAcme(tx, { accountUrl }));
    requests.useAccount(accountUrl);
    return requests;
  }

  #openKey(sealed: string): JWK {
    return JSON.parse(this.#needs.secrets.open(place("account_key"), sealed)) as JWK;
  }

  /** Serves it, unless Jump Clients would be lost: then it is kept ready for a person to decide. */
  async #serve(chainPem: string, keyPem: string): Promise<void> {
    const { certificates, clock, database, audit } = this.#needs;
    const checked = checkCertificate(chainPem, keyPem, clock.now());
    const { lostCount } = await findReach(database.queries, checked.spkiSha256);
    const put =
      lostCount === 0 ? certificates.replaceWith.bind(certificates) : certificates.prepareNext.bind(certificates);
    await put(checked, async (tx, { id, subject }) => {
      const { notAfter } = validityOf(new X509Certificate(checked.chainPem));
      await writeAcme(tx, { problem: "", failures: 0, nextTryAt: null });
      const object = { kind: "certificate", id, name: subject };
      const action = lostCount === 0 ? "certificate.renewed" : "certificate.prepared";
      const detail = { spkiSha256: checked.spkiSha256, validUntil: notAfter.toISOString() };
      await audit.record(tx, { action, outcome: "succeeded", actor: { kind: "system" }, object, detail });
    });
    if (lostCount > 0)
      throw new AppError(
        "request.conflict",
        `The new certificate is ready, but ${lostCount} Jump Clients would not find the site again. Switch to it by hand.`,
      );
  }
}

/** The firewall and the listener are open from the first proof until it is disposed of. */
class Proofs implements AsyncDisposable {
  readonly #open = new AsyncDisposableStack();
  #listener: ProofListener | null = null;
  constructor(
    private readonly openPort: OpenPort,
    private readonly port: number,
  ) {}

  async show(token: string, text: string): Promise<void> {
    if (this.#listener === null) {
      this.#listener = this.#open.use(new ProofListener(this.port));
      this.#open.use(await this.openPort(this.port));
    }
    this.#listener.show(token, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

const place = (column: string) => ({ table: "acme", row: "1", column });

const validityOf = ({ validFrom, validTo }: X509Certificate) => ({
  notBefore: new Date(validFrom),
  notAfter: new Date(validTo),
});

function isDue(leaf: X509Certificate, names: readonly string[], daysBefore: number, now: Date): boolean {
  const covers = names.every((name) => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined);
  return isSelfSigned(leaf) || !covers || renewAt(validityOf(leaf), daysBefore) <= now;
}

const retryAfterOf = (error: unknown): number | null => (error instanceof AuthorityRefusal ? error.retryAfterMs : null);

function problemOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return `Something went wrong inside: ${error instanceof Error ? error.message : String(error)}`;
}
