/**
 * Links by which somebody sets a new password without the old one: by e-mail, for 24 hours, once; a newer link voids an
 * older one. Whoever asks for a link learns nothing: not whether the name exists, nor whether a message was sent.
 */
import type { Actor } from "../../actor.ts";
import { AppError } from "../../../protocol/errors.ts";
import { auditActor } from "../../audit/audit-actor.ts";
import type { Audit } from "../../audit/audit.ts";
import type { AuditActor } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { Email } from "../../email/email.ts";
import { mailLanguage, mailTexts } from "../../email/texts/mail-texts.ts";
import type { Log } from "../../log.ts";
import type { PolicyBook } from "../../policy-book/policy-book.ts";
import { requireMayTouch } from "../../representatives/giving.ts";
import type { SiteSecurity } from "../../security/site-security.ts";
import type { SiteSettings } from "../../settings/settings.ts";
import type { PublicAddress } from "../../site/public-address.ts";
import { networkOf } from "../../address.ts";
import type { FailedSignIns } from "../failed-sign-ins.ts";
import type { SignIns } from "../sign-ins.ts";
import { TokenBuckets } from "../token-bucket.ts";
import { hashToken, newToken } from "../token.ts";
import { passwordChanged, type Passwords } from "./passwords.ts";
import {
  deleteResetLinks,
  findAccount,
  findAccountByName,
  findResetLink,
  type PasswordAccount,
  replaceResetLink,
} from "./store.ts";

const LIFETIME_MS = 24 * 3_600_000;
/** Messages under way at once; past that a link that strangers ask for is not sent. */
const MAX_SENDING = 20;
/** Asking is counted by itself, so that it takes no attempt to sign in away; names nobody has are counted like others. */
const perName = { capacity: 3, refillPerMinute: 3 / 60, maxKeys: 20_000 };
const perNetwork = { capacity: 20, refillPerMinute: 1, maxKeys: 20_000 };

export interface ResetLinksNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly email: Email;
  readonly settings: SiteSettings;
  readonly security: SiteSecurity;
  readonly publicAddress: PublicAddress;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
  readonly failedSignIns: FailedSignIns;
  readonly passwords: Passwords;
}

export class ResetLinks {
  readonly #needs: ResetLinksNeeds;
  readonly #names = new TokenBuckets(perName);
  readonly #networks = new TokenBuckets(perNetwork);
  #sending = 0;
  constructor(needs: ResetLinksNeeds) {
    this.#needs = needs;
  }

  /**
   * Somebody asks for a link: three times for a name, then once in twenty minutes. The message goes out after the answer,
   * so that its time tells nothing either.
   * @throws {AppError} sign_in.method_closed, sign_in.throttled
   */
  async ask(username: string, address: string): Promise<void> {
    const { security, database, email, log } = this.#needs;
    if (!security.current().isPasswordResetEnabled || !(await email.isConfigured())) throw closed();
    this.#throttle(username, address);
    const account = await findAccountByName(database.queries, username);
    if (account === null || obstacleOf(account) !== null || this.#sending >= MAX_SENDING) return;
    const actor: AuditActor = { kind: "nobody", name: username, address };
    this.#sending += 1;
    void this.#send(account, actor)
      .catch((error: unknown) => log.error("a reset link was not sent", error))
      .finally(() => (this.#sending -= 1));
  }

  /** An administrator sends one. @throws {AppError} not_found, request.conflict, permission.not_held, email.failed */
  async send(actor: Actor, id: string): Promise<void> {
    const account = await findAccount(this.#needs.database.queries, id);
    if (account === null) throw new AppError("not_found", "This account does not exist any more.");
    requireMayTouch(actor, await this.#needs.policyBook.rightsOf(id));
    const obstacle = obstacleOf(account);
    if (obstacle !== null) throw new AppError("request.conflict", obstacle);
    await this.#send(account, auditActor(actor));
  }

  /**
   * Sets a new password and ends every sign-in of the account.
   * @throws {AppError} reset_link.invalid, password.too_weak, password.used_before, sign_in.throttled
   */
  async use(token: string, password: string, address: string): Promise<void> {
    const { database, audit, clock, failedSignIns, passwords, signIns } = this.#needs;
    failedSignIns.throttleAddress(address);
    const tokenHash = hashToken(token);
    const now = () => clock.now().toISOString();
    const id = await findResetLink(database.queries, tokenHash, now());
    const account = id === null ? null : await findAccount(database.queries, id);
    if (account === null || obstacleOf(account) !== null) throw invalid();
    const hash = await passwords.hash(password, account);
    const ended = await database.transaction(async (tx) => {
      // Used, or superseded, while the password was hashed.
      if ((await findResetLink(tx, tokenHash, now())) !== account.id) throw invalid();
      await deleteResetLinks(tx, account.id);
      await passwords.write(tx, account.id, hash);
      const actor = { kind: "representative", id: account.id, name: account.username, address } as const;
      const event = { action: "password.reset", outcome: "succeeded", actor, object: objectOf(account) } as const;
      await audit.record(tx, { ...event, detail: { by: "reset link" } });
      return await signIns.endIn(tx, { representative: account.id });
    });
    signIns.announce(ended, passwordChanged);
  }

  #throttle(username: string, address: string): void {
    const nowMs = this.#needs.clock.monotonicMs();
    if (!this.#networks.take(networkOf(address), nowMs) || !this.#names.take(username.toLowerCase(), nowMs))
      throw askedOften();
  }

  async #send(account: PasswordAccount, actor: AuditActor): Promise<void> {
    const { database, audit, clock, email, settings, publicAddress } = this.#needs;
    const token = newToken();
    const at = clock.now();
    const expiresAt = new Date(at.getTime() + LIFETIME_MS).toISOString();
    await database.transaction(async (tx) => {
      const link = { tokenHash: hashToken(token), representative: account.id, at: at.toISOString(), expiresAt };
      await replaceResetLink(tx, link);
      await audit.record(tx, { action: "reset-link.sent", outcome: "succeeded", actor, object: objectOf(account) });
    });
    const site = await settings.read();
    const language = mailLanguage(account.language, site);
    // Behind the #, so that it reaches no log on its way.
    const url = `${await publicAddress.origin()}/login/reset-password#${token}`;
    const { siteName } = site;
    const message = mailTexts[language].resetLink({ siteName, username: account.username, url });
    await email.send({ to: account.email, language, ...message });
  }
}

function obstacleOf({ provider, isDisabled, email }: PasswordAccount): string | null {
  if (provider !== "local") return "This account has its password in your organization's directory.";
  if (isDisabled) return "This account is disabled. Enable it first.";
  return email === "" ? "This account has no e-mail address." : null;
}

const objectOf = ({ id, username }: PasswordAccount) => ({ kind: "user", id, name: username });
const invalid = (): AppError =>
  new AppError("reset_link.invalid", "This link has been used, is older than 24 hours, or a newer one was sent.");
const askedOften = (): AppError =>
  new AppError(
    "sign_in.throttled",
    "A link was asked for several times already. Look in your mail, or try again in twenty minutes.",
  );
const closed = (): AppError =>
  new AppError("sign_in.method_closed", "This site sends no reset links. An administrator can set a new password.");
