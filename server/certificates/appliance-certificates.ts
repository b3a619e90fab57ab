/** What administrators of the appliance do with its certificate: prepare the next, look ahead, switch now or at a time. */
import { X509Certificate } from "node:crypto";
import type { Static } from "@sinclair/typebox";
import type {
  ApplianceCertificates as Page,
  GivenCertificate,
  PreFlight,
  RequestCertificate,
  SwitchCertificate,
} from "../../protocol/api/appliance/certificates.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceChangeNeeds } from "../appliance-administrators/appliance-change.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Tx } from "../database/database.ts";
import type { Provider } from "../providers/provider.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { Acme } from "./acme/acme.ts";
import { checkCertificate, findProblems, readChain, spkiSha256 } from "./certificate-check.ts";
import { findDoubts, publicAuthorities } from "./certificate-doubts.ts";
import { describeCertificate } from "./certificate-view.ts";
import type { Certificates } from "./certificates.ts";
import { otherCertificates } from "./other-certificates.ts";
import { findReach } from "./pre-flight.ts";
import { writeSwitch } from "./store.ts";
import type { WaitingRequest } from "./waiting-request.ts";

export interface ApplianceCertificatesNeeds extends ApplianceChangeNeeds {
  readonly settings: SiteSettings;
  readonly certificates: Certificates;
  readonly request: WaitingRequest;
  readonly acme: Acme;
  readonly providers: { all(): Promise<Provider[]> };
}
type Given = Static<typeof GivenCertificate>;
type Switch = Static<typeof SwitchCertificate>;
type Object = { readonly id: string; readonly name: string };

export class ApplianceCertificates {
  readonly #needs: ApplianceCertificatesNeeds;
  /** Read with the first certificate that is looked at; more than a hundred take 5 ms. */
  #authorities: ReadonlySet<string> | null = null;
  #isSwitching = false;
  constructor(needs: ApplianceCertificatesNeeds) {
    this.#needs = needs;
  }

  /** Everything the page shows. */
  async read(): Promise<Page> {
    const { certificates, settings, request, acme, providers } = this.#needs;
    const { hostname } = await settings.read();
    const next = await certificates.next();
    const chainPem = next?.chainPem ?? (await certificates.chainPem());
    return {
      current: await certificates.describe(),
      next: next === null ? null : describeCertificate(readChain(next.chainPem), hostname),
      switchesAt: next?.switchesAt ?? null,
      request: await request.read(),
      ...(await acme.read()),
      preFlight: await this.#preFlight(chainPem),
      others: otherCertificates(await providers.all()),
    };
  }

  /** What would come of it, without keeping it. A key of its own or that of the request that waits. */
  async check(given: Given): Promise<PreFlight> {
    const keyPem = given.keyPem ?? (await this.#needs.request.keyPem());
    const problems = findProblems(given.chainPem, keyPem, this.#needs.clock.now());
    if (problems.length === 0) return await this.#preFlight(given.chainPem);
    // Which Jump Clients would be lost hangs on no certificate: whatever the bundle can name, they can learn.
    return { ...(await findReach(this.#needs.database.queries, "")), problems };
  }

  /** Keeps it ready; Jump Clients learn its key at once. @throws {AppError} certificate.invalid, sign_in.required */
  async prepare(asker: ApplianceAdministrator, given: Given): Promise<void> {
    const { certificates, request, clock } = this.#needs;
    const keyPem = given.keyPem ?? (await request.keyPem());
    const checked = checkCertificate(given.chainPem, keyPem, clock.now());
    await certificates.prepareNext(checked, async (tx, { id, subject }) => {
      if (given.keyPem === undefined) await request.fulfil(tx);
      const detail = { spkiSha256: checked.spkiSha256 };
      await this.#record(tx, asker, "certificate.prepared", { id, name: subject }, detail);
    });
  }

  /** Forgets the one that was ready. @throws {AppError} request.stale, sign_in.required */
  async drop(asker: ApplianceAdministrator): Promise<void> {
    await this.#needs.certificates.dropNext(async (tx, { id, subject }) => {
      await this.#record(tx, asker, "certificate.dropped", { id, name: subject });
    });
  }

  /**
   * Serves the one that is ready, now or at a time.
   * @throws {AppError} request.stale when none is, request.conflict where the pre-flight finds something, unless forced
   */
  async switch(asker: ApplianceAdministrator, { force, at }: Switch): Promise<void> {
    if (at === null) return await this.#plan(asker, null, false);
    const next = await this.#requireNext();
    await this.#requireGood(next.chainPem, force);
    if (at !== undefined)
      return await this.#plan(asker, plannedTime(at, next.chainPem, this.#needs.clock.now()), force);
    await this.#serve(auditActor(asker), asker, force);
  }

  /** To be called every second or so: switches when it is time, if the pre-flight still finds nothing. */
  async tick(): Promise<void> {
    const { certificates, clock, database, log } = this.#needs;
    const next = await certificates.next();
    if (next === null || next.switchesAt === null || Date.parse(next.switchesAt) > clock.now().getTime()) return;
    if (this.#isSwitching) return;
    this.#isSwitching = true;
    try {
      await this.#requireGood(next.chainPem, next.isSwitchForced);
      await this.#serve({ kind: "system" }, null, next.isSwitchForced);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn(`the certificate was not switched at its time: ${error.message}`);
      await database.transaction(async (tx) => void (await writeSwitch(tx, null, false)));
    } finally {
      this.#isSwitching = false;
    }
  }

  /** Serves one that the site makes itself. */
  async replaceWithSelfSigned(asker: ApplianceAdministrator): Promise<void> {
    await this.#needs.certificates.replaceWithSelfSigned(auditActor(asker));
  }

  /** Makes a key and a request. @throws {AppError} request.invalid, sign_in.required */
  async makeRequest(asker: ApplianceAdministrator, wish: Static<typeof RequestCertificate>): Promise<void> {
    await this.#needs.request.make(wish, async (tx, { id, names }) => {
      await this.#record(tx, asker, "certificate-request.made", { id, name: names[0] ?? "" }, { names, key: wish.key });
    });
  }

  /** Forgets the request and its key. @throws {AppError} request.stale, sign_in.required */
  async dropRequest(asker: ApplianceAdministrator): Promise<void> {
    await this.#needs.request.drop(async (tx, { id, names }) => {
      await this.#record(tx, asker, "certificate-request.dropped", { id, name: names[0] ?? "" });
    });
  }

  async #preFlight(chainPem: string): Promise<PreFlight> {
    const { database, settings, clock } = this.#needs;
    const chain = readChain(chainPem);
    const { hostname } = await settings.read();
    const reach = await findReach(database.queries, spkiSha256(chain[0]!));
    return {
      ...reach,
      problems: findDoubts(chain, hostname, (this.#authorities ??= publicAuthorities()), clock.now()),
    };
  }

  async #requireNext() {
    const next = await this.#needs.certificates.next();
    if (next === null) throw new AppError("request.stale", "No certificate is ready. Upload one first.");
    return next;
  }

  async #requireGood(chainPem: string, isForced: boolean): Promise<void> {
    if (isForced) return;
    const { lostCount, problems } = await this.#preFlight(chainPem);
    if (lostCount > 0)
      throw new AppError(
        "request.conflict",
        `${lostCount} Jump Clients would not find the site again: what they hold of it is from elsewhere. ` +
          "Nothing was changed. Install them again, or switch all the same.",
      );
    if (problems[0] !== undefined) throw new AppError("request.conflict", `${problems[0]} Nothing was changed.`);
  }

  async #plan(asker: ApplianceAdministrator, switchesAt: string | null, isForced: boolean): Promise<void> {
    const { id, chainPem } = await this.#requireNext();
    const name = new X509Certificate(chainPem).subject;
    await this.#needs.database.transaction(async (tx) => {
      if (!(await writeSwitch(tx, switchesAt, isForced)))
        throw new AppError("request.stale", "No certificate is ready.");
      await this.#record(tx, asker, "certificate.switch-planned", { id, name }, { switchesAt, force: isForced });
    });
  }

  async #serve(actor: AuditActor, asker: ApplianceAdministrator | null, isForced: boolean): Promise<void> {
    const { certificates, applianceSignIns, audit } = this.#needs;
    await certificates.serveNext(async (tx, { id, subject }) => {
      if (asker !== null) await applianceSignIns.requireIn(tx, asker);
      const object = { kind: "certificate", id, name: subject };
      const detail = { force: isForced };
      await audit.record(tx, { action: "certificate.replaced", outcome: "succeeded", actor, object, detail });
    });
  }

  async #record(
    tx: Tx,
    asker: ApplianceAdministrator,
    action: AuditAction,
    { id, name }: Object,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.#needs.applianceSignIns.requireIn(tx, asker);
    const object = { kind: "certificate", id, name };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(asker), object, detail });
  }
}

/** @throws {AppError} request.invalid */
function plannedTime(at: string, chainPem: string, now: Date): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms) || ms <= now.getTime()) throw new AppError("request.invalid", "That time has gone by already.");
  if (ms >= Date.parse(new X509Certificate(chainPem).validTo))
    throw new AppError("request.invalid", "By that time the certificate has run out.");
  return new Date(ms).toISOString();
}
