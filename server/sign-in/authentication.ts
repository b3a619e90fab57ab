/**
 * Proves who somebody is by user name and password. Throttled by account and by address before any hashing; an unknown
 * name costs the same hash, the same words and the same lock as a known one.
 */
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import { networkOf } from "../address.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { afterFailure, type Failures, type LockOutRule, UnknownNames } from "./lock-out.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import type { SignIns } from "./sign-ins.ts";
import { type Candidate, findByUsername, writeFailures, writeSignedIn } from "./store.ts";
import { TokenBuckets } from "./token-bucket.ts";

const MAX_KEYS = 20_000;
const perAccount = { capacity: 20, refillPerMinute: 10, maxKeys: MAX_KEYS };
const perAddress = { capacity: 60, refillPerMinute: 60, maxKeys: MAX_KEYS };

export interface Credentials {
  readonly username: string;
  readonly password: string;
}
/** Where an attempt comes from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}
export interface AuthenticationNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: SiteSettings;
  readonly signIns: SignIns;
  readonly hasher: PasswordHasher;
}

export class Authentication {
  readonly #needs: AuthenticationNeeds;
  readonly #accounts = new TokenBuckets(perAccount);
  readonly #addresses = new TokenBuckets(perAddress);
  readonly #unknown = new UnknownNames();
  constructor(needs: AuthenticationNeeds) {
    this.#needs = needs;
  }

  /**
   * Signs in and returns the token for the area's cookie.
   * @throws {AppError} sign_in.throttled, sign_in.locked, sign_in.failed, console.disabled, request.too_many.
   */
  async signIn(area: Area, credentials: Credentials, origin: Origin): Promise<string> {
    const { database, settings, hasher } = this.#needs;
    const rule = await settings.read();
    if (area === "console" && !rule.isConsoleEnabled) throw consoleDisabled();
    this.throttle(credentials.username, origin.address);
    const candidate = await findByUsername(database.queries, credentials.username);
    if (this.#isLocked(candidate, credentials.username)) await this.#refuseLocked(area, credentials, origin, rule);
    const fits = await hasher.verify(credentials.password, candidate?.passwordHash ?? null);
    const token = fits && candidate !== null ? await this.#succeed(area, candidate, origin) : null;
    if (token !== null) return token;
    await this.#fail(area, credentials, origin, rule);
    throw new AppError("sign_in.failed", "The user name or the password is not right.");
  }

  /**
   * Takes a token of the account's and of the address's bucket.
   * @throws {AppError} sign_in.throttled
   */
  throttle(username: string, address: string): void {
    const nowMs = this.#needs.clock.monotonicMs();
    const isGranted =
      this.#addresses.take(networkOf(address), nowMs) && this.#accounts.take(username.toLowerCase(), nowMs);
    if (!isGranted)
      throw new AppError("sign_in.throttled", "Too many attempts in a short time. Wait a minute and try again.");
  }

  #isLocked(candidate: Candidate | null, username: string): boolean {
    const { lockedUntilMs } = candidate === null ? this.#unknown.read(username) : failuresOf(candidate);
    return lockedUntilMs > this.#needs.clock.now().getTime();
  }

  async #refuseLocked(area: Area, { username }: Credentials, origin: Origin, rule: LockOutRule): Promise<never> {
    const { database, audit } = this.#needs;
    await database.transaction((tx) =>
      audit.record(tx, {
        action: "sign-in.failed",
        outcome: "denied",
        actor: nobody(username, origin),
        object: { kind: "area", id: area, name: area },
        detail: { because: "locked" },
      }),
    );
    const minutes = rule.lockOutMinutes === 1 ? "a minute" : `${rule.lockOutMinutes} minutes`;
    throw new AppError(
      "sign_in.locked",
      `Too many failed sign-ins. This account is locked for ${minutes}. An administrator can unlock it.`,
    );
  }

  /** `null` when the account was disabled, locked or given another password while the hash ran. */
  async #succeed(area: Area, before: Candidate, origin: Origin): Promise<string | null> {
    const { database, audit, clock, signIns } = this.#needs;
    return await database.transaction(async (tx) => {
      const candidate = await findByUsername(tx, before.username);
      if (candidate === null || candidate.isDisabled || candidate.passwordHash !== before.passwordHash) return null;
      if (this.#isLocked(candidate, candidate.username)) return null;
      const previousSignInAt = candidate.lastSignInAt;
      await writeSignedIn(tx, candidate.id, clock.now().toISOString());
      await audit.record(tx, {
        action: "sign-in.succeeded",
        outcome: "succeeded",
        actor: { kind: "representative", id: candidate.id, name: candidate.username, address: origin.address },
        object: { kind: "area", id: area, name: area },
        detail: { userAgent: origin.userAgent },
      });
      return await signIns.create(tx, { representative: candidate.id, area, ...origin, previousSignInAt });
    });
  }

  async #fail(area: Area, { username }: Credentials, origin: Origin, rule: LockOutRule): Promise<void> {
    const { database, audit, clock } = this.#needs;
    await database.transaction(async (tx) => {
      const candidate = await findByUsername(tx, username);
      const before = candidate === null ? this.#unknown.read(username) : failuresOf(candidate);
      const after = afterFailure(before, rule, clock.now().getTime());
      if (candidate === null) this.#unknown.write(username, after);
      else await this.#writeFailures(tx, candidate, after);
      const event = { actor: nobody(username, origin), object: { kind: "area", id: area, name: area } };
      await audit.record(tx, { action: "sign-in.failed", outcome: "failed", ...event });
      if (after.lockedUntilMs > before.lockedUntilMs)
        await audit.record(tx, { action: "sign-in.locked", outcome: "denied", ...event });
    });
  }

  async #writeFailures(tx: Tx, candidate: Candidate, after: Failures): Promise<void> {
    const lockedUntil = after.lockedUntilMs > 0 ? new Date(after.lockedUntilMs).toISOString() : null;
    await writeFailures(tx, candidate.id, after.failed, lockedUntil);
  }
}

/** What everybody reads who meets the console while it is switched off (LOGIN-01). */
export const consoleDisabled = (): AppError =>
  new AppError(
    "console.disabled",
    "The web representative console is not enabled on this site. An administrator can allow it in /login under Management, Security.",
  );

const failuresOf = (candidate: Candidate): Failures => ({
  failed: candidate.failedSignIns,
  lockedUntilMs: candidate.lockedUntil === null ? 0 : Date.parse(candidate.lockedUntil),
});

const nobody = (name: string, { address }: Origin): AuditActor => ({ kind: "nobody", name, address });
