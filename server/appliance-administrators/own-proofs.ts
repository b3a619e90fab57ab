/** What an administrator of the appliance proves of themselves: their password, and the codes of their app. */
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { FailedSignIns } from "../sign-in/failed-sign-ins.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import type { Passwords } from "../sign-in/passwords/passwords.ts";
import { secondProofFailed } from "../sign-in/refusals.ts";
import { appUri, newAppSecret, stepOfCode } from "../sign-in/second-proof/totp.ts";
import type { AppSecrets } from "./app-secrets.ts";
import type { ApplianceSignIns } from "./sign-ins.ts";
import { findAdministrator, writeApp, writePassword } from "./store.ts";

/** A secret that waits for its first code is kept so long. */
const WAITING_MS = 600_000;
const MAX_WAITING = 100;

export interface OwnProofsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: SiteSettings;
  readonly hasher: PasswordHasher;
  readonly passwords: Pick<Passwords, "checkRules">;
  readonly failed: FailedSignIns;
  readonly appSecrets: AppSecrets;
  readonly applianceSignIns: ApplianceSignIns;
}

export class OwnProofs {
  readonly #needs: OwnProofsNeeds;
  /** By sign-in: secrets shown and not confirmed yet. Past 100 the oldest is forgotten. */
  readonly #waiting = new Map<string, { readonly secret: string; readonly untilMs: number }>();
  constructor(needs: OwnProofsNeeds) {
    this.#needs = needs;
  }

  /**
   * That whoever sits there knows their own password. Guesses count as failed sign-ins.
   * @throws {AppError} sign_in.throttled, sign_in.locked, sign_in.failed
   */
  async require(asker: ApplianceAdministrator, password: string): Promise<void> {
    const { database, hasher, failed } = this.#needs;
    const { id, username, address } = asker;
    failed.throttle(username, address);
    const found = await findAdministrator(database.queries, id);
    const attempt = { area: "appliance", username, origin: { address } } as const;
    if (failed.isLocked(found, username)) await failed.refuseLocked(attempt);
    if (await hasher.verify(password, found?.passwordHash ?? null)) return await failed.requireUnlocked(attempt);
    await failed.count(attempt);
    throw new AppError("sign_in.failed", "Your own password is not right. Nothing was changed.");
  }

  /**
   * Changes one's own password and ends one's other sign-ins.
   * @throws {AppError} as require(), password.too_weak, sign_in.required
   */
  async changePassword(asker: ApplianceAdministrator, current: string, next: string): Promise<void> {
    const { database, audit, hasher, passwords, applianceSignIns } = this.#needs;
    await this.require(asker, current);
    passwords.checkRules(next, asker.username);
    const hash = await hasher.hash(next);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      await writePassword(tx, asker.id, hash);
      await applianceSignIns.endOf(tx, asker.id, asker.signIn);
      const event = { actor: auditActor(asker), object: objectOf(asker) };
      await audit.record(tx, { action: "password.changed", outcome: "succeeded", ...event });
    });
  }

  /** A new app's secret, which waits ten minutes for its first code. */
  async beginApp(asker: ApplianceAdministrator): Promise<{ uri: string; secret: string }> {
    const { clock, settings } = this.#needs;
    const secret = await newAppSecret();
    this.#waiting.delete(asker.signIn);
    this.#waiting.set(asker.signIn, { secret, untilMs: clock.monotonicMs() + WAITING_MS });
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    const { hostname } = await settings.read();
    return { secret, uri: await appUri(secret, `Causeway appliance ${hostname}`, asker.username) };
  }

  /** @throws {AppError} sign_in.step_expired (nothing waits), sign_in.second_proof_failed, sign_in.required */
  async confirmApp(asker: ApplianceAdministrator, code: string): Promise<void> {
    const { database, audit, clock, failed, appSecrets, applianceSignIns } = this.#needs;
    failed.throttle(asker.username, asker.address);
    const waiting = this.#waiting.get(asker.signIn);
    if (waiting === undefined || waiting.untilMs < clock.monotonicMs())
      throw new AppError("sign_in.step_expired", "This code came too late. Begin again and scan the new QR code.");
    const lastStep = await stepOfCode(waiting.secret, code, clock.now());
    if (lastStep === null) throw secondProofFailed();
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      await writeApp(tx, asker.id, appSecrets.seal(asker.id, { secret: waiting.secret, lastStep }));
      const event = { actor: auditActor(asker), object: objectOf(asker) };
      await audit.record(tx, { action: "authenticator-app.added", outcome: "succeeded", ...event });
    });
    this.#waiting.delete(asker.signIn);
  }

  /** @throws {AppError} as require(), sign_in.required */
  async removeApp(asker: ApplianceAdministrator, password: string): Promise<void> {
    const { database, audit, applianceSignIns } = this.#needs;
    await this.require(asker, password);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      await writeApp(tx, asker.id, null);
      const event = { actor: auditActor(asker), object: objectOf(asker) };
      await audit.record(tx, { action: "authenticator-app.removed", outcome: "succeeded", ...event });
    });
  }
}

const objectOf = ({ id, username }: ApplianceAdministrator) => ({
  ...{ kind: "appliance-administrator", id, name: username },
});
