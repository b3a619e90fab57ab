/**
 * Recovery codes: ten, each of which stands once in place of the authenticator app's code. Said once, kept as SHA-256; with
 * the app they go.
 */
import type { Actor } from "../../actor.ts";
import { auditActor } from "../../audit/audit-actor.ts";
import type { AuditAction } from "../../../protocol/audit.ts";
import type { Audit } from "../../audit/audit.ts";
import type { AuditActor } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Tx } from "../../database/database.ts";
import type { Email } from "../../email/email.ts";
import { mailLanguage, mailTexts } from "../../email/texts/mail-texts.ts";
import { AppError } from "../../../protocol/errors.ts";
import type { Log } from "../../log.ts";
import type { SiteSettings } from "../../settings/settings.ts";
import type { SignIns } from "../sign-ins.ts";
import { hashToken } from "../token.ts";
import { canonicalCode, newRecoveryCodes } from "./recovery-code.ts";
import { countRecoveryCodes, readApp, readMailbox, replaceRecoveryCodes, useRecoveryCode } from "./store.ts";

export interface RecoveryCodesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly email: Email;
  readonly log: Log;
  readonly settings: SiteSettings;
  readonly signIns: SignIns;
}
interface Owner {
  readonly id: string;
  readonly username: string;
}

export class RecoveryCodes {
  readonly #needs: RecoveryCodesNeeds;
  constructor(needs: RecoveryCodesNeeds) {
    this.#needs = needs;
  }

  /** How many were not used yet. */
  async left(representative: string): Promise<number> {
    return await countRecoveryCodes(this.#needs.database.queries, representative);
  }

  /** Ten new ones for one's own account, in place of those before. @throws {AppError} request.conflict without an app */
  async make(actor: Actor): Promise<string[]> {
    const { database, signIns, clock } = this.#needs;
    const codes = newRecoveryCodes();
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      if ((await readApp(tx, actor.id)).secret === null) throw noApp();
      const hashes = codes.map((code) => hashToken(canonicalCode(code)));
      await replaceRecoveryCodes(tx, actor.id, hashes, clock.now().toISOString());
      await this.#record(tx, "recovery-codes.made", actor, auditActor(actor), { count: codes.length });
    });
    await this.#tell(actor, "recoveryCodesMade", codes.length);
    return codes;
  }

  /** Whether a code is one of theirs, and then never again. They are told by mail that one was used. */
  async use(owner: Owner, code: string, address: string): Promise<boolean> {
    const { database, clock } = this.#needs;
    const by = { kind: "representative", id: owner.id, name: owner.username, address } as const;
    const left = await database.transaction(async (tx) => {
      const at = clock.now().toISOString();
      if (!(await useRecoveryCode(tx, owner.id, hashToken(canonicalCode(code)), at))) return null;
      const remaining = await countRecoveryCodes(tx, owner.id);
      await this.#record(tx, "recovery-code.used", owner, by, { left: remaining });
      return remaining;
    });
    if (left === null) return false;
    await this.#tell(owner, "recoveryCodeUsed", left);
    return true;
  }

  async #record(tx: Tx, action: AuditAction, owner: Owner, actor: AuditActor, detail: object): Promise<void> {
    const object = { kind: "user", id: owner.id, name: owner.username };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor, object, detail: { ...detail } });
  }

  /** On its way while they go on: a mail server that does not answer keeps nobody out. */
  async #tell(owner: Owner, what: "recoveryCodesMade" | "recoveryCodeUsed", count: number): Promise<void> {
    const { database, email, settings, log } = this.#needs;
    const { address, language: chosen } = await readMailbox(database.queries, owner.id);
    if (address === "") return;
    const site = await settings.read();
    const language = mailLanguage(chosen, site);
    const message = mailTexts[language][what]({ siteName: site.siteName, username: owner.username, count });
    email
      .send({ to: address, language, ...message })
      .catch((error: unknown) => log.error("what became of recovery codes could not be told by mail", error));
  }
}

const noApp = (): AppError =>
  new AppError("request.conflict", "Recovery codes stand in for an authenticator app. Set up an app first.");
