/** Authenticator apps of accounts: added with a first code, asked at sign-in, each code taken once. */
import type { Actor } from "../../actor.ts";
import { auditActor } from "../../audit/audit-actor.ts";
import type { Audit } from "../../audit/audit.ts";
import type { AuditActor } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Tx } from "../../database/database.ts";
import { AppError } from "../../../protocol/errors.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import type { SiteSettings } from "../../settings/settings.ts";
import { secondProofFailed } from "../refusals.ts";
import type { SignIns } from "../sign-ins.ts";
import { deleteRecoveryCodes, readApp, writeApp, writeLastStep } from "./store.ts";
import { appUri, newAppSecret, stepOfCode } from "./totp.ts";

/** A secret that waits for its first code is kept so long. */
const WAITING_MS = 600_000;
const MAX_WAITING = 1000;

export interface AuthenticatorAppsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly settings: SiteSettings;
  readonly signIns: SignIns;
}
/** Whose app it is. */
interface Owner {
  readonly id: string;
  readonly username: string;
}

export class AuthenticatorApps {
  readonly #needs: AuthenticatorAppsNeeds;
  /** By sign-in: secrets shown on My account and not confirmed yet. Past 1,000 the oldest is forgotten. */
  readonly #waiting = new Map<string, { readonly secret: string; readonly untilMs: number }>();
  constructor(needs: AuthenticatorAppsNeeds) {
    this.#needs = needs;
  }

  async has(representative: string): Promise<boolean> {
    return (await readApp(this.#needs.database.queries, representative)).secret !== null;
  }

  /** A new secret with what its QR code says; nothing is kept of it here. */
  async offer({ username }: Owner): Promise<{ uri: string; secret: string }> {
    const { siteName } = await this.#needs.settings.read();
    const secret = await newAppSecret();
    return { secret, uri: await appUri(secret, siteName, username) };
  }

  /** Whether a code is right, and then never again. */
  async check(representative: string, code: string): Promise<boolean> {
    const { database, clock } = this.#needs;
    const { secret } = await readApp(database.queries, representative);
    if (secret === null) return false;
    const step = await stepOfCode(this.#open(representative, secret), code, clock.now());
    if (step === null) return false;
    return await database.transaction((tx) => writeLastStep(tx, representative, step));
  }

  /**
   * Keeps a secret whose first code is right, in the caller's transaction.
   * @throws {AppError} sign_in.second_proof_failed
   */
  async keep(tx: Tx, { id, username }: Owner, secret: string, code: string, by: AuditActor): Promise<void> {
    const step = await stepOfCode(secret, code, this.#needs.clock.now());
    if (step === null) throw secondProofFailed();
    await writeApp(tx, id, { secret: this.#needs.secrets.seal(placeOf(id), secret), lastStep: step });
    const object = { kind: "user", id, name: username };
    await this.#needs.audit.record(tx, { action: "authenticator-app.added", outcome: "succeeded", actor: by, object });
  }

  /** A new secret for one's own account, which waits ten minutes for its first code. */
  async begin(actor: Actor): Promise<{ uri: string; secret: string }> {
    const offered = await this.offer(actor);
    this.#waiting.delete(actor.signIn);
    this.#waiting.set(actor.signIn, {
      secret: offered.secret,
      untilMs: this.#needs.clock.monotonicMs() + WAITING_MS,
    });
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    return offered;
  }

  /** @throws {AppError} sign_in.step_expired (nothing waits), sign_in.second_proof_failed */
  async confirm(actor: Actor, code: string): Promise<void> {
    const { database, signIns, clock } = this.#needs;
    const waiting = this.#waiting.get(actor.signIn);
    if (waiting === undefined || waiting.untilMs < clock.monotonicMs())
      throw new AppError("sign_in.step_expired", "This code came too late. Begin again and scan the new QR code.");
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await this.keep(tx, actor, waiting.secret, code, auditActor(actor));
    });
    this.#waiting.delete(actor.signIn);
  }

  async remove(actor: Actor): Promise<void> {
    const { database, audit, signIns } = this.#needs;
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await writeApp(tx, actor.id, { secret: null, lastStep: null });
      await deleteRecoveryCodes(tx, actor.id);
      const object = { kind: "user", id: actor.id, name: actor.username };
      const by = { actor: auditActor(actor), object } as const;
      await audit.record(tx, { action: "authenticator-app.removed", outcome: "succeeded", ...by });
    });
  }

  #open(representative: string, sealed: string): string {
    return this.#needs.secrets.open(placeOf(representative), sealed);
  }
}

const placeOf = (representative: string) => ({ table: "representatives", row: representative, column: "totp_secret" });
