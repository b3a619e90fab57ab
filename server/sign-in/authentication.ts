/**
 * Proves who somebody is by user name and password. Throttled by account and by address before any hashing; an unknown
 * name costs the same hash, the same words and the same lock as a known one.
 */
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Database } from "../database/database.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { Admission, Origin } from "./admission.ts";
import type { FailedSignIns } from "./failed-sign-ins.ts";
import type { Passkeys } from "./passkeys/passkeys.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { passwordWrong } from "./refusals.ts";
import type { FlowAnswer, SignInFlow } from "./sign-in-flow.ts";
import { type Candidate, findByExternalId, findByUsername, findCandidate } from "./store.ts";
import { hashToken } from "./token.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}
/** Directories that know people by their password. */
export interface PasswordDirectories {
  /**
   * @param provider the account's; null: a name nobody has here
   * @returns null when the name or the password is wrong
   */
  verifyPassword(
    username: string,
    password: string,
    provider: string | null,
    address: string,
  ): Promise<{ readonly provider: string; readonly externalId: string } | null>;
}
export interface AuthenticationNeeds {
  readonly database: Database;
  readonly security: SiteSecurity;
  readonly hasher: PasswordHasher;
  readonly admission: Admission;
  readonly failedSignIns: FailedSignIns;
  readonly passkeys: Passkeys;
  readonly flow: SignInFlow;
  readonly directories: PasswordDirectories;
}
/** Local accounts are no provider's. */
const LOCAL = "local";

export class Authentication {
  readonly #needs: AuthenticationNeeds;
  constructor(needs: AuthenticationNeeds) {
    this.#needs = needs;
  }

  /**
   * The next step of whoever knows the password, or their sign-in.
   * @throws {AppError} sign_in.throttled, sign_in.locked, sign_in.failed, sign_in.method_closed, request.too_many, and as
   *   Admission.admit()
   */
  async withPassword(area: Area, credentials: Credentials, origin: Origin): Promise<FlowAnswer> {
    const { database, admission, failedSignIns, flow } = this.#needs;
    const { username } = credentials;
    const attempt = { area, username, origin };
    await admission.requirePlace(area, origin);
    failedSignIns.throttle(username, origin.address);
    const candidate = await findByUsername(database.queries, username);
    if (failedSignIns.isLocked(candidate, username)) await failedSignIns.refuseLocked(attempt);
    const proved = await this.#prove(candidate, credentials, origin);
    try {
      if (proved === null || proved.isDisabled) throw passwordWrong();
      await failedSignIns.requireUnlocked(attempt);
      const isLocal = proved.provider === LOCAL;
      if (isLocal) this.#requirePasswordsOpen(proved);
      const password = isLocal ? hashToken(proved.passwordHash) : null;
      const method = isLocal ? "password" : proved.provider;
      return await flow.next(proved, { area, method, hasSecondProof: false, password, newApp: null }, origin);
    } catch (error) {
      if (error instanceof AppError && error.code === "sign_in.failed") await failedSignIns.count(attempt);
      throw error;
    }
  }

  /** The sign-in of whoever has a passkey of this site. @throws {AppError} passkey.refused, and as Admission.admit() */
  async withPasskey(area: Area, credential: unknown, origin: Origin): Promise<FlowAnswer> {
    const { database, admission, failedSignIns, passkeys, flow } = this.#needs;
    await admission.requirePlace(area, origin);
    failedSignIns.throttleAddress(origin.address);
    const { representative, isUserVerified } = await passkeys.prove(credential, origin.address);
    const candidate = await findCandidate(database.queries, representative);
    if (candidate === null) throw passwordWrong();
    const progress = { area, method: "passkey", hasSecondProof: isUserVerified, password: null, newApp: null };
    return await flow.next(candidate, progress, origin);
  }

  /** Options for withPasskey(), or with a step's token for its second proof. */
  async passkeyOptions(area: Area, token: string | null, origin: Origin): Promise<unknown> {
    const { admission, failedSignIns, flow, passkeys } = this.#needs;
    await admission.requirePlace(area, origin);
    failedSignIns.throttleAddress(origin.address);
    const owner = token === null ? null : await flow.ownerOf(area, token);
    return await passkeys.beginAsking(owner, origin.address);
  }

  /** Whether a password is right, for somebody who is signed in. @throws {AppError} sign_in.throttled, sign_in.failed */
  async provePassword(username: string, password: string, origin: Origin): Promise<void> {
    const { database, failedSignIns } = this.#needs;
    failedSignIns.throttle(username, origin.address);
    const candidate = await findByUsername(database.queries, username);
    if ((await this.#prove(candidate, { username, password }, origin)) === null)
      throw new AppError("sign_in.failed", "The password is not right.");
  }

  /** Hashes once, whoever is asked about; a name or an account of a directory is asked there, too. */
  async #prove(candidate: Candidate | null, credentials: Credentials, origin: Origin): Promise<Candidate | null> {
    const { database, hasher, directories } = this.#needs;
    const { username, password } = credentials;
    const hash = candidate === null || candidate.passwordHash === "" ? null : candidate.passwordHash;
    const fits = await hasher.verify(password, hash);
    if (candidate?.provider === LOCAL) return fits ? candidate : null;
    const provider = candidate?.provider ?? null;
    const person = await directories.verifyPassword(username, password, provider, origin.address);
    return person === null ? null : await findByExternalId(database.queries, person.provider, person.externalId);
  }

  #requirePasswordsOpen({ isBreakGlass }: Candidate): void {
    if (!this.#needs.security.current().isProviderOnly || isBreakGlass) return;
    throw new AppError(
      "sign_in.method_closed",
      "This site takes no passwords of its own. Sign in with your organization's account.",
    );
  }
}
