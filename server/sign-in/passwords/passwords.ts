/** New passwords: by the site's rules, none of the last few, whoever sets them. */
import type { Actor } from "../../actor.ts";
import { auditActor } from "../../audit/audit-actor.ts";
import type { Audit } from "../../audit/audit.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Tx } from "../../database/database.ts";
import { AppError, type Refusal } from "../../../protocol/errors.ts";
import type { SiteSecurity } from "../../security/site-security.ts";
import type { PasswordHasher } from "../password-hasher.ts";
import { checkNewPassword, passwordRulesText } from "../password-rules.ts";
import type { SignIns } from "../sign-ins.ts";
import { deleteResetLinks, findAccount, pushHistory, readHistory, writePassword } from "./store.ts";

const DAY_MS = 86_400_000;

export interface PasswordsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly security: SiteSecurity;
  readonly signIns: SignIns;
}
interface Owner {
  readonly id: string;
  readonly username: string;
}

export class Passwords {
  readonly #needs: PasswordsNeeds;
  constructor(needs: PasswordsNeeds) {
    this.#needs = needs;
  }

  /** What a new password must be, for people. */
  rulesText(): string {
    return passwordRulesText(this.#needs.security.current().passwords);
  }

  /** By the site's rules, for an account that has had no password. @throws {AppError} password.too_weak */
  checkRules(password: string, username: string): void {
    checkNewPassword(password, username, this.#needs.security.current().passwords);
  }

  /** Whether a password that was set then has run out. */
  hasExpired(changedAt: string): boolean {
    const { clock, security } = this.#needs;
    const { expiresAfterDays } = security.current().passwords;
    return expiresAfterDays !== null && clock.now().getTime() - Date.parse(changedAt) > expiresAfterDays * DAY_MS;
  }

  /**
   * Checks a new password of an account and returns its hash, to be written by write().
   * @throws {AppError} password.too_weak, password.used_before, request.too_many
   */
  async hash(password: string, { id, username }: Owner): Promise<string> {
    const { database, hasher, security } = this.#needs;
    this.checkRules(password, username);
    const { historyCount } = security.current().passwords;
    const present = (await findAccount(database.queries, id))?.passwordHash ?? "";
    const earlier = historyCount === 0 ? [] : [present, ...(await readHistory(database.queries, id, historyCount))];
    for (const hash of earlier.slice(0, historyCount))
      if (hash !== "" && (await hasher.verify(password, hash)))
        throw new AppError("password.used_before", "You have had this password before. Choose another one.");
    return await hasher.hash(password);
  }

  /** Writes a hash in the caller's transaction: the old one goes into the history, links and locks are void. */
  async write(tx: Tx, id: string, hash: string): Promise<void> {
    const { clock, security } = this.#needs;
    const at = clock.now().toISOString();
    const { historyCount } = security.current().passwords;
    const present = (await findAccount(tx, id))?.passwordHash ?? "";
    // A history that is switched on later has what it needs.
    if (present !== "") await pushHistory(tx, id, present, at, Math.max(historyCount, 1));
    await writePassword(tx, id, hash, at);
    await deleteResetLinks(tx, id);
  }

  /**
   * Changes one's own password and ends one's other sign-ins.
   * @throws {AppError} sign_in.failed (the current password is not right), sign_in.required (an administrator ended this
   *   sign-in while the passwords were hashed: theirs stands), password.too_weak, password.used_before
   */
  async changeOwn(actor: Actor, current: string, next: string): Promise<void> {
    const { database, audit, hasher, signIns } = this.#needs;
    const present = (await findAccount(database.queries, actor.id))?.passwordHash ?? "";
    const object = { kind: "user", id: actor.id, name: actor.username };
    const event = { action: "password.changed", actor: auditActor(actor), object } as const;
    if (!(await hasher.verify(current, present === "" ? null : present))) {
      await database.transaction((tx) => audit.record(tx, { ...event, outcome: "failed" }));
      throw new AppError("sign_in.failed", "The current password is not right.");
    }
    const hash = await this.hash(next, actor);
    const ended = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await this.write(tx, actor.id, hash);
      await signIns.proved(tx, actor.signIn);
      await audit.record(tx, { ...event, outcome: "succeeded" });
      return await signIns.endIn(tx, { representative: actor.id, except: actor.signIn });
    });
    signIns.announce(ended, passwordChanged);
  }
}

/** For those whose sign-in ends with the password. */
export const passwordChanged: Refusal = {
  code: "sign_in.required",
  message: "Your password was changed. Sign in again with the new one.",
};
