/** One's own account: what one may change of it, what proves one, and proving it again before what matters. */
import type { Static } from "@sinclair/typebox";
import type { ChangeOwnAccount, OwnProofs, ProveAgain } from "../../protocol/api/own-account.ts";
import type { Language } from "../../protocol/api/users.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { findOwnAccount, type OwnAccountRow, writeOwnAccount } from "./account-store.ts";
import type { Authentication } from "./authentication.ts";
import type { FailedSignIns } from "./failed-sign-ins.ts";
import type { Passkeys } from "./passkeys/passkeys.ts";
import type { Passwords } from "./passwords/passwords.ts";
import { secondProofFailed } from "./refusals.ts";
import type { AuthenticatorApps } from "./second-proof/authenticator-apps.ts";
import type { RecoveryCodes } from "./second-proof/recovery-codes.ts";
import type { SignInFlow } from "./sign-in-flow.ts";
import type { SignIns } from "./sign-ins.ts";

export interface OwnAccountNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly signIns: SignIns;
  readonly authentication: Authentication;
  readonly failedSignIns: FailedSignIns;
  readonly passwords: Passwords;
  readonly passkeys: Passkeys;
  readonly authenticatorApps: AuthenticatorApps;
  readonly recoveryCodes: RecoveryCodes;
  readonly flow: SignInFlow;
}
type OwnAccountShown = Omit<OwnAccountRow, "language" | "hasPassword"> & { readonly language: Static<typeof Language> };

export class OwnAccount {
  readonly #needs: OwnAccountNeeds;
  constructor(needs: OwnAccountNeeds) {
    this.#needs = needs;
  }

  async read(actor: Actor): Promise<OwnAccountShown> {
    const { hasPassword: _, language, ...rest } = await this.#find(actor);
    return { ...rest, language: language as Static<typeof Language> };
  }

  /**
   * A provider's account has its names and its address from there. Links for a new password go to the address: whoever
   * changes it proves first who they are.
   * @throws {AppError} request.invalid, sign_in.proof_required
   */
  async change(actor: Actor, changes: Static<typeof ChangeOwnAccount>): Promise<void> {
    const { database, audit, signIns } = this.#needs;
    const { provider, email } = await this.#find(actor);
    if (provider !== "local" && (changes.displayName !== undefined || changes.email !== undefined))
      throw new AppError("request.invalid", "Your name and e-mail address come from your organization's directory.");
    if (Object.keys(changes).length === 0) return;
    if (changes.email !== undefined && changes.email !== email) await signIns.requireProof(actor);
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await writeOwnAccount(tx, actor.id, changes);
      const object = { kind: "user", id: actor.id, name: actor.username };
      const event = { action: "user.changed", outcome: "succeeded", actor: auditActor(actor), object } as const;
      await audit.record(tx, { ...event, detail: changes });
    });
  }

  async proofs(actor: Actor): Promise<Static<typeof OwnProofs>> {
    const { passkeys, authenticatorApps, recoveryCodes, passwords, flow } = this.#needs;
    return {
      passkeys: await passkeys.list(actor.id),
      isPasskeyEnabled: await passkeys.isOffered(),
      passkeyObstacle: await passkeys.obstacle(),
      hasAuthenticatorApp: await authenticatorApps.has(actor.id),
      recoveryCodesLeft: await recoveryCodes.left(actor.id),
      hasPassword: (await this.#find(actor)).hasPassword,
      isSecondProofRequired: await flow.isSecondProofRequired(actor.id),
      passwordRules: passwords.rulesText(),
    };
  }

  /**
   * Who sits there proves it again; it holds for ten minutes of this sign-in.
   * @throws {AppError} sign_in.failed, sign_in.second_proof_failed, passkey.refused, sign_in.throttled
   */
  async proveAgain(actor: Actor, proof: Static<typeof ProveAgain>): Promise<void> {
    const { database, audit, signIns } = this.#needs;
    await this.#check(actor, proof);
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      await signIns.proved(tx, actor.signIn);
      const object = { kind: "user", id: actor.id, name: actor.username };
      const by = { actor: auditActor(actor), object } as const;
      await audit.record(tx, { action: "sign-in.proved", outcome: "succeeded", ...by });
    });
  }

  async #check(actor: Actor, proof: Static<typeof ProveAgain>): Promise<void> {
    const { authentication, failedSignIns, passkeys, authenticatorApps } = this.#needs;
    const { id, username, address } = actor;
    if ("password" in proof)
      return await authentication.provePassword(username, proof.password, { address, userAgent: "" });
    failedSignIns.throttle(username, address);
    const isRight =
      "code" in proof
        ? await authenticatorApps.check(id, proof.code)
        : (await passkeys.prove(proof.passkey, address)).representative === id;
    if (!isRight) throw secondProofFailed();
  }

  async #find(actor: Actor): Promise<OwnAccountRow> {
    const account = await findOwnAccount(this.#needs.database.queries, actor.id);
    if (account === null) throw new AppError("not_found", "Your account does not exist any more.");
    return account;
  }
}
