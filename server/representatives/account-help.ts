/** What helps the people behind accounts, or keeps them out at once: sign-out, unlocking, forgetting lost proofs. */
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Database, Tx } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { isOwnAccount, requireMayTouch, requireNoMore } from "./giving.ts";
import { keepHand } from "./hands.ts";
import { deleteSecondProofs, findRepresentative, type Representative, unlockRepresentative } from "./store.ts";

export interface AccountHelpNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
}

export class AccountHelp {
  readonly #needs: AccountHelpNeeds;
  constructor(needs: AccountHelpNeeds) {
    this.#needs = needs;
  }

  /** Ends every sign-in of an account. @throws {AppError} not_found, permission.not_held */
  async signOut(actor: Actor, id: string): Promise<void> {
    const { database, signIns, policyBook } = this.#needs;
    requireMayTouch(actor, await policyBook.rightsOf(id));
    const ended = await database.transaction(async (tx) => {
      await this.#record(tx, "user.signed-out", actor, await find(tx, id), {});
      return await signIns.endIn(tx, { representative: id });
    });
    signIns.announce(ended, signedOut);
  }

  /** Ends a lock. @throws {AppError} not_found, permission.not_held */
  async unlock(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    requireMayTouch(actor, await policyBook.rightsOf(id));
    await database.transaction(async (tx) => {
      await unlockRepresentative(tx, id);
      await this.#record(tx, "user.unlocked", actor, await find(tx, id), {});
    });
  }

  /**
   * For a lost telephone or key: forgets passkeys and authenticator app, and signs out whoever has it. Who does it to
   * themselves proves first who they are.
   * @throws {AppError} not_found, permission.not_held, sign_in.proof_required
   */
  async removeSecondProofs(actor: Actor, id: string): Promise<void> {
    const { database, signIns, policyBook } = this.#needs;
    requireNoMore(actor, await policyBook.rightsOf(id), policyBook.current());
    if (isOwnAccount(actor, id)) await signIns.requireProof(actor);
    const ended = await database.transaction(async (tx) => {
      const account = await find(tx, id);
      const removed = await deleteSecondProofs(tx, id);
      await keepHand(tx, actor, id);
      await this.#record(tx, "user.proofs-removed", actor, account, { ...removed });
      return await signIns.endIn(tx, { representative: id, except: actor.signIn });
    });
    signIns.announce(ended, proofsRemoved);
  }

  async #record(
    tx: Tx,
    action: AuditAction,
    actor: Actor,
    account: Representative,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "user", id: account.id, name: account.username };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

async function find(tx: Tx, id: string): Promise<Representative> {
  const account = await findRepresentative(tx, id);
  if (account === null) throw new AppError("not_found", "This account does not exist any more.");
  return account;
}

const signedOut: Refusal = {
  code: "sign_in.required",
  message: "An administrator signed you out. Sign in again.",
};
const proofsRemoved: Refusal = {
  code: "sign_in.required",
  message: "An administrator removed your passkeys and authenticator app. Sign in again.",
};
