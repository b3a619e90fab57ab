/** Counts failed sign-ins, locks accounts out and slows guessing down; the same for names nobody has. */
import { AppError } from "../../protocol/errors.ts";
import { networkOf } from "../address.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Clock } from "../clock.ts";
import type { Database, Queries, Tx } from "../database/database.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { Origin } from "./admission.ts";
import type { CookieArea } from "./cookies.ts";
import { afterFailure, type Failures, UnknownNames } from "./lock-out.ts";
import { TokenBuckets } from "./token-bucket.ts";

const MAX_KEYS = 20_000;
const perAccount = { capacity: 20, refillPerMinute: 10, maxKeys: MAX_KEYS };
const perAddress = { capacity: 60, refillPerMinute: 60, maxKeys: MAX_KEYS };

/** What is counted of an account. */
export interface FailureCount {
  readonly id: string;
  readonly failedSignIns: number;
  readonly lockedUntil: string | null;
}
/** Where accounts keep their counts. */
export interface FailureCounts {
  find(queries: Queries, username: string): Promise<FailureCount | null>;
  write(tx: Tx, id: string, failed: number, lockedUntil: string | null): Promise<void>;
}
export interface FailedSignInsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly security: SiteSecurity;
}
interface Attempt {
  readonly area: CookieArea;
  readonly username: string;
  readonly origin: Pick<Origin, "address">;
}

export class FailedSignIns {
  readonly #needs: FailedSignInsNeeds;
  readonly #accounts = new TokenBuckets(perAccount);
  readonly #addresses = new TokenBuckets(perAddress);
  readonly #unknown = new UnknownNames();
  constructor(
    needs: FailedSignInsNeeds,
    private readonly counts: FailureCounts,
  ) {
    this.#needs = needs;
  }

  /**
   * Takes a token of the account's and of the address's bucket.
   * @throws {AppError} sign_in.throttled
   */
  throttle(username: string, address: string): void {
    const nowMs = this.#needs.clock.monotonicMs();
    const isGranted =
      this.#addresses.take(networkOf(address), nowMs) && this.#accounts.take(username.toLowerCase(), nowMs);
    if (!isGranted) throw throttled();
  }

  /** Takes one of the address's alone, where nobody has said a name. @throws {AppError} sign_in.throttled */
  throttleAddress(address: string): void {
    if (!this.#addresses.take(networkOf(address), this.#needs.clock.monotonicMs())) throw throttled();
  }

  /** Whether the account, or the name nobody has, is locked now. */
  isLocked(candidate: FailureCount | null, username: string): boolean {
    const { lockedUntilMs } = candidate === null ? this.#unknown.read(username) : failuresOf(candidate);
    return lockedUntilMs > this.#needs.clock.now().getTime();
  }

  /**
   * To be asked once more when a proof was right: of guesses that come all at once, the right one may be the sixth.
   * @throws {AppError} sign_in.locked
   */
  async requireUnlocked(attempt: Attempt): Promise<void> {
    const present = await this.counts.find(this.#needs.database.queries, attempt.username);
    if (this.isLocked(present, attempt.username)) await this.refuseLocked(attempt);
  }

  /** @throws {AppError} sign_in.locked, always */
  async refuseLocked({ area, username, origin }: Attempt): Promise<never> {
    const { database, audit, security } = this.#needs;
    await database.transaction((tx) =>
      audit.record(tx, {
        action: "sign-in.failed",
        outcome: "denied",
        actor: nobody(username, origin),
        object: { kind: "area", id: area, name: area },
        detail: { because: "locked" },
      }),
    );
    throw new AppError("sign_in.locked", lockedMessage(security.current().lockOutMinutes));
  }

  /** One more failure of this account or name; `because` where it was not the password. */
  async count({ area, username, origin }: Attempt, because?: string): Promise<void> {
    const { database, audit, clock, security } = this.#needs;
    await database.transaction(async (tx) => {
      const candidate = await this.counts.find(tx, username);
      const before = candidate === null ? this.#unknown.read(username) : failuresOf(candidate);
      const after = afterFailure(before, security.current(), clock.now().getTime());
      if (candidate === null) this.#unknown.write(username, after);
      else await this.counts.write(tx, candidate.id, after.failed, lockedUntilText(after));
      const event = { actor: nobody(username, origin), object: { kind: "area", id: area, name: area } };
      const detail = because === undefined ? {} : { detail: { because } };
      await audit.record(tx, { action: "sign-in.failed", outcome: "failed", ...event, ...detail });
      if (after.lockedUntilMs > before.lockedUntilMs)
        await audit.record(tx, { action: "sign-in.locked", outcome: "denied", ...event });
    });
  }
}

const lockedUntilText = ({ lockedUntilMs }: Failures): string | null =>
  lockedUntilMs > 0 ? new Date(lockedUntilMs).toISOString() : null;

function lockedMessage(lockOutMinutes: number | null): string {
  if (lockOutMinutes === null)
    return "Too many failed sign-ins. This account is locked until an administrator unlocks it.";
  const minutes = lockOutMinutes === 1 ? "a minute" : `${lockOutMinutes} minutes`;
  return `Too many failed sign-ins. This account is locked for ${minutes}. An administrator can unlock it.`;
}

const failuresOf = (candidate: FailureCount): Failures => ({
  failed: candidate.failedSignIns,
  lockedUntilMs: candidate.lockedUntil === null ? 0 : Date.parse(candidate.lockedUntil),
});

const throttled = (): AppError =>
  new AppError("sign_in.throttled", "Too many attempts in a short time. Wait a minute and try again.");

const nobody = (name: string, { address }: Pick<Origin, "address">): AuditActor => ({ kind: "nobody", name, address });
