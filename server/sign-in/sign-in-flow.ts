/**
 * From a first proof to a sign-in: a second proof where one is asked for, a new password where the old one has run out,
 * then admission. What was proved so far waits in a step; its secret is the page's alone.
 */
import { type Static, Type } from "@sinclair/typebox";
import type { SecondProof, SignInAnswer } from "../../protocol/api/own-account.ts";
import { Area } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Database } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { Admission, Origin } from "./admission.ts";
import type { FailedSignIns } from "./failed-sign-ins.ts";
import type { Passkeys } from "./passkeys/passkeys.ts";
import type { Passwords } from "./passwords/passwords.ts";
import { passwordWrong, secondProofFailed, stepExpired } from "./refusals.ts";
import type { AuthenticatorApps } from "./second-proof/authenticator-apps.ts";
import type { RecoveryCodes } from "./second-proof/recovery-codes.ts";
import type { Step, Steps } from "./steps.ts";
import { type Candidate, findCandidate } from "./store.ts";
import { hashToken } from "./token.ts";

/** What was proved so far. */
const Progress = Type.Object({
  area: Area,
  method: Type.String(),
  hasSecondProof: Type.Boolean(),
  /** Of the password hash that was right: another one since then voids the step. null: no local password was used. */
  password: Type.Union([Type.String(), Type.Null()]),
  /** Sealed: the secret of an app that is being set up. */
  newApp: Type.Union([Type.String(), Type.Null()]),
});
export type Progress = Static<typeof Progress>;

/** What the page is told, and the token for the cookie once it is over. */
export interface FlowAnswer {
  readonly answer: SignInAnswer;
  readonly token: string | null;
}
export interface SignInFlowNeeds {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly policyBook: PolicyBook;
  readonly security: SiteSecurity;
  readonly admission: Admission;
  readonly failedSignIns: FailedSignIns;
  readonly passwords: Passwords;
  readonly passkeys: Passkeys;
  readonly authenticatorApps: AuthenticatorApps;
  readonly recoveryCodes: RecoveryCodes;
  readonly steps: Steps;
}
interface Waiting {
  readonly step: Step;
  readonly candidate: Candidate;
  readonly progress: Progress;
}

export class SignInFlow {
  readonly #needs: SignInFlowNeeds;
  constructor(needs: SignInFlowNeeds) {
    this.#needs = needs;
  }

  /** The next step of somebody who proved this much, or their sign-in. @throws {AppError} as Admission.admit() */
  async next(candidate: Candidate, progress: Progress, origin: Origin): Promise<FlowAnswer> {
    const asked = progress.hasSecondProof ? null : await this.#secondProof(candidate, progress);
    if (asked !== null) return { answer: asked, token: null };
    if (progress.password !== null && this.#needsNewPassword(candidate)) {
      const token = await this.#begin(candidate, progress);
      return { answer: { state: "new-password", token, rules: this.#needs.passwords.rulesText() }, token: null };
    }
    return { answer: { state: "signed-in" }, token: await this.#admit(candidate, progress, origin) };
  }

  /** A secret for the app that is to be set up. @throws {AppError} sign_in.step_expired */
  async enrolApp(area: Area, token: string): Promise<{ uri: string; secret: string }> {
    const { step, candidate, progress } = await this.#waiting(area, token);
    if (progress.hasSecondProof || (await this.#secondProofOf(candidate, progress)) !== "enrol") throw stepExpired();
    const offered = await this.#needs.authenticatorApps.offer(candidate);
    const newApp = this.#needs.secrets.seal(placeOf(step), offered.secret);
    await this.#needs.steps.change(step, { ...progress, newApp } satisfies Progress);
    return offered;
  }

  /**
   * A code, a recovery code or a passkey beside what was proved.
   * @throws {AppError} sign_in.step_expired, sign_in.second_proof_failed, sign_in.locked, sign_in.throttled, passkey.refused
   */
  async secondProof(area: Area, proof: Static<typeof SecondProof>, origin: Origin): Promise<FlowAnswer> {
    const { failedSignIns, steps, database } = this.#needs;
    const waiting = await this.#waiting(area, proof.token);
    const { step, candidate, progress } = waiting;
    const attempt = { area, username: candidate.username, origin };
    failedSignIns.throttle(candidate.username, origin.address);
    if (failedSignIns.isLocked(candidate, candidate.username)) await failedSignIns.refuseLocked(attempt);
    const isRight = await this.#isRight(waiting, proof, origin);
    if (!isRight) {
      await failedSignIns.count(attempt, "second-proof");
      throw secondProofFailed();
    }
    await failedSignIns.requireUnlocked(attempt);
    await database.transaction((tx) => steps.take(tx, step));
    return await this.next(candidate, { ...progress, hasSecondProof: true, newApp: null }, origin);
  }

  /**
   * A new password in place of one that has run out.
   * @throws {AppError} sign_in.step_expired, password.too_weak, password.used_before
   */
  async newPassword(area: Area, token: string, password: string, origin: Origin): Promise<FlowAnswer> {
    const { database, passwords, steps } = this.#needs;
    const { step, candidate, progress } = await this.#waiting(area, token);
    const isAllowed = progress.hasSecondProof || (await this.#secondProofOf(candidate, progress)) === "none";
    if (!isAllowed || progress.password === null) throw stepExpired();
    const hash = await passwords.hash(password, candidate);
    await database.transaction(async (tx) => {
      await steps.take(tx, step);
      const present = await findCandidate(tx, candidate.id);
      if (present === null || hashToken(present.passwordHash) !== progress.password) throw stepExpired();
      await passwords.write(tx, candidate.id, hash);
    });
    const present = await findCandidate(database.queries, candidate.id);
    if (present === null) throw stepExpired();
    return await this.next(present, { ...progress, hasSecondProof: true, password: hashToken(hash) }, origin);
  }

  /** Whose step it is, for asking their passkey. @throws {AppError} sign_in.step_expired */
  async ownerOf(area: Area, token: string): Promise<string> {
    return (await this.#waiting(area, token)).candidate.id;
  }

  async #isRight(waiting: Waiting, proof: Static<typeof SecondProof>, origin: Origin): Promise<boolean> {
    const { candidate, progress } = waiting;
    const { passkeys, authenticatorApps, recoveryCodes } = this.#needs;
    if ("recoveryCode" in proof)
      return candidate.appSecret !== null && (await recoveryCodes.use(candidate, proof.recoveryCode, origin.address));
    if (!("code" in proof)) {
      // The key that began cannot stand beside itself.
      if (progress.method === "passkey") return false;
      const { representative } = await passkeys.prove(proof.passkey, origin.address);
      return representative === candidate.id;
    }
    if (progress.newApp !== null && candidate.appSecret === null)
      return await this.#keepApp(waiting, proof.code, origin);
    return await authenticatorApps.check(candidate.id, proof.code);
  }

  async #keepApp({ step, candidate, progress }: Waiting, code: string, { address }: Origin): Promise<boolean> {
    const { database, authenticatorApps, secrets } = this.#needs;
    const secret = secrets.open(placeOf(step), progress.newApp ?? "");
    const by = { kind: "representative", id: candidate.id, name: candidate.username, address } as const;
    try {
      await database.transaction((tx) => authenticatorApps.keep(tx, candidate, secret, code, by));
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === "sign_in.second_proof_failed") return false;
      throw error;
    }
  }

  async #secondProof(candidate: Candidate, progress: Progress): Promise<SignInAnswer | null> {
    const asked = await this.#secondProofOf(candidate, progress);
    if (asked === "none") return null;
    const token = await this.#begin(candidate, progress);
    if (asked === "enrol") return { state: "enrol-second-proof", token };
    return { state: "second-proof", token, ...asked };
  }

  /** An app that is set up is always asked for; a passkey only where the site or the account demands a second proof. */
  async #secondProofOf(
    candidate: Candidate,
    { method }: Progress,
  ): Promise<"none" | "enrol" | { hasAuthenticatorApp: boolean; hasPasskey: boolean }> {
    const hasAuthenticatorApp = candidate.appSecret !== null;
    const isRequired = await this.isSecondProofRequired(candidate.id);
    if (!isRequired && !hasAuthenticatorApp) return "none";
    const { passkeys } = this.#needs;
    const hasPasskey = method !== "passkey" && (await passkeys.isOffered()) && (await passkeys.has(candidate.id));
    return hasAuthenticatorApp || hasPasskey ? { hasAuthenticatorApp, hasPasskey } : "enrol";
  }

  /** Whether this account must give more than a password: by the site's rule or by its own settings. */
  async isSecondProofRequired(representative: string): Promise<boolean> {
    const { policyBook, security } = this.#needs;
    const { secondProof } = security.current();
    const rights = await policyBook.rightsOf(representative);
    if (rights.settings.mustHaveSecondProof.value || secondProof === "everybody") return true;
    return secondProof === "administrators" && rights.isAdministrator;
  }

  #needsNewPassword(candidate: Candidate): boolean {
    return candidate.mustChangePassword || this.#needs.passwords.hasExpired(candidate.passwordChangedAt);
  }

  async #begin(candidate: Candidate, progress: Progress): Promise<string> {
    return await this.#needs.steps.begin("sign-in", candidate.id, progress);
  }

  async #admit(candidate: Candidate, { area, method, password }: Progress, origin: Origin): Promise<string> {
    const proved = { representative: candidate.id, area, origin, method };
    return await this.#needs.admission.admit(proved, async (tx) => {
      const present = await findCandidate(tx, candidate.id);
      const isSame = password === null || (present !== null && hashToken(present.passwordHash) === password);
      // Disabled, locked or given another password while the hash ran.
      if (present === null || !isSame || this.#isLocked(present, method)) throw passwordWrong();
    });
  }

  /** A lock stands against guessed passwords; who has a passkey is not kept out by somebody else's guesses. */
  #isLocked(candidate: Candidate, method: string): boolean {
    return method !== "passkey" && this.#needs.failedSignIns.isLocked(candidate, candidate.username);
  }

  async #waiting(area: Area, token: string): Promise<Waiting> {
    const step = await this.#needs.steps.read("sign-in", token);
    const progress = fromTable(Progress, step.value);
    const candidate = await findCandidate(this.#needs.database.queries, step.representative);
    if (candidate === null || progress.area !== area) throw stepExpired();
    const isSame = progress.password === null || hashToken(candidate.passwordHash) === progress.password;
    if (!isSame) throw stepExpired();
    return { step, candidate, progress };
  }
}

const placeOf = ({ tokenHash }: Step) => ({ table: "sign_in_steps", row: tokenHash, column: "value" });
