/** Whether somebody a provider has proved may sign in now, by the rules of their account. */
import { AppError } from "../../protocol/errors.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { decide } from "../policy/decide.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { consoleDisabled } from "../sign-in/authentication.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { findAccount, writeSignedIn } from "./account-store.ts";
import type { Admit } from "./provider-sign-ins.ts";
import { refuse } from "./refusal.ts";

export interface AdmissionNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
}

export class Admission {
  readonly #needs: AdmissionNeeds;
  constructor(needs: AdmissionNeeds) {
    this.#needs = needs;
  }

  /** @throws {AppError} console.disabled, permission.denied, sign_in.account_expired, ProviderRefusal account.refused */
  async admit(...[{ representative, area, origin, method }, inside]: Parameters<Admit>): Promise<string> {
    const { database, audit, clock, policyBook, signIns } = this.#needs;
    if (area === "console" && !policyBook.current().isConsoleEnabled) throw consoleDisabled();
    if (area === "console" && !(await this.#mayUseConsole(representative))) throw mayNotUseConsole();
    return await database.transaction(async (tx) => {
      const account = await findAccount(tx, representative);
      if (account === null || account.isDisabled) return refuse("account.refused");
      if (account.expiresAt !== null && new Date(account.expiresAt) <= clock.now()) throw expired();
      await writeSignedIn(tx, account.id, clock.now().toISOString());
      const previousSignInAt = account.lastSignInAt;
      const token = await signIns.create(tx, { representative, area, ...origin, method, previousSignInAt });
      await audit.record(tx, {
        action: "sign-in.succeeded",
        outcome: "succeeded",
        actor: { kind: "representative", id: account.id, name: account.username, address: origin.address },
        object: { kind: "area", id: area, name: area },
        detail: { userAgent: origin.userAgent, method },
      });
      await inside(tx, token);
      return token;
    });
  }

  async #mayUseConsole(representative: RepresentativeId): Promise<boolean> {
    const { clock, policyBook } = this.#needs;
    const rights = await policyBook.rightsOf(representative);
    const actor = { rights, scopes: null, kind: "representative", isSessionOwner: false } as const;
    const policies = policyBook.current();
    const now = clock.now();
    return decide({ actor, jumpItem: null, permission: "console.use", policies, now }).outcome === "allow";
  }
}

const mayNotUseConsole = (): AppError =>
  new AppError(
    "permission.denied",
    "Your account may not use the representative console. An administrator can allow it.",
  );
const expired = (): AppError =>
  new AppError("sign_in.account_expired", "This account has expired. An administrator can extend it.");
