/** The ways in to /appliance: a password with the app's code where there is one, or a code from the appliance's console. */
import type { Static } from "@sinclair/typebox";
import type { AdministratorWithCode, ApplianceSignInAnswer } from "../../protocol/api/appliance/access.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { FailedSignIns } from "../sign-in/failed-sign-ins.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import { passwordWrong, secondProofFailed, stepExpired } from "../sign-in/refusals.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import type { ApplianceAdministrators } from "./administrators.ts";
import type { AppSecrets } from "./app-secrets.ts";
import type { PresenceCodes } from "./presence-codes.ts";
import type { ApplianceSignIns } from "./sign-ins.ts";
import { findAdministrator, findByUsername, writeSignedIn } from "./store.ts";

/** A right password waits so long for the code. */
const STEP_MS = 300_000;
const MAX_STEPS = 100;

export interface ApplianceAuthenticationNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly failed: FailedSignIns;
  readonly appSecrets: AppSecrets;
  readonly presenceCodes: PresenceCodes;
  readonly administrators: ApplianceAdministrators;
  readonly applianceSignIns: ApplianceSignIns;
}
/** From where somebody comes. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}
/** What the page is told, and the token for the cookie once it is over. */
export interface EntryAnswer {
  readonly answer: ApplianceSignInAnswer;
  readonly token: string | null;
}
/** A right password that waits for the app's code. Another password since then voids it. */
interface Step {
  readonly administrator: string;
  readonly password: string;
  readonly untilMs: number;
}

export class ApplianceAuthentication {
  readonly #needs: ApplianceAuthenticationNeeds;
  /** By the hash of its secret. A restart forgets them; past 100 the oldest goes. */
  readonly #steps = new Map<string, Step>();
  constructor(needs: ApplianceAuthenticationNeeds) {
    this.#needs = needs;
  }

  /** @throws {AppError} sign_in.throttled, sign_in.locked, sign_in.failed, request.too_many */
  async withPassword(username: string, password: string, origin: Origin): Promise<EntryAnswer> {
    const { database, hasher, failed } = this.#needs;
    const attempt = { area: "appliance", username, origin } as const;
    failed.throttle(username, origin.address);
    const found = await findByUsername(database.queries, username);
    if (failed.isLocked(found, username)) await failed.refuseLocked(attempt);
    const isRight = await hasher.verify(password, found?.passwordHash ?? null);
    if (found === null || !isRight) {
      await failed.count(attempt);
      throw passwordWrong();
    }
    await failed.requireUnlocked(attempt);
    const proved = { administrator: found.id, password: hashToken(found.passwordHash) };
    if (found.authenticatorApp !== null)
      return { answer: { state: "second-proof", token: this.#begin(proved) }, token: null };
    return await this.#admit(proved, "password", origin);
  }

  /** @throws {AppError} sign_in.step_expired, sign_in.second_proof_failed, sign_in.throttled, sign_in.locked */
  async withAppCode(token: string, code: string, origin: Origin): Promise<EntryAnswer> {
    const { database, clock, failed, appSecrets } = this.#needs;
    const step = this.#steps.get(hashToken(token));
    if (step === undefined || step.untilMs < clock.monotonicMs()) throw stepExpired();
    const found = await findAdministrator(database.queries, step.administrator);
    if (found === null) throw stepExpired();
    const attempt = { area: "appliance", username: found.username, origin } as const;
    failed.throttle(found.username, origin.address);
    if (failed.isLocked(found, found.username)) await failed.refuseLocked(attempt);
    if (!(await appSecrets.check(found.id, code))) {
      await failed.count(attempt, "second-proof");
      throw secondProofFailed();
    }
    await failed.requireUnlocked(attempt);
    // Taken once: whoever sends it again meanwhile finds nothing.
    if (!this.#steps.delete(hashToken(token))) throw stepExpired();
    return await this.#admit(step, "authenticator-app", origin);
  }

  /**
   * Makes an administrator, or gives one a new password, and signs them in: who has the console's code may.
   * @returns the token for the cookie
   * @throws {AppError} sign_in.throttled, presence_code.invalid, password.too_weak, request.conflict, request.too_many
   */
  async withConsoleCode(asked: Static<typeof AdministratorWithCode>, origin: Origin): Promise<string> {
    const { database, presenceCodes, administrators } = this.#needs;
    const { code, username, password } = asked;
    await presenceCodes.require(code, "administrator", origin.address);
    const hash = await administrators.hash(username, password);
    return await database.transaction(async (tx) => {
      await presenceCodes.take(tx, code, "administrator");
      const actor: AuditActor = { kind: "nobody", name: username, address: origin.address };
      const administrator = await administrators.setIn(tx, actor, username, hash);
      return await this.#signIn(tx, { id: administrator, username }, "console-code", origin);
    });
  }

  async #admit(proved: Pick<Step, "administrator" | "password">, method: string, origin: Origin): Promise<EntryAnswer> {
    const token = await this.#needs.database.transaction(async (tx) => {
      const found = await findAdministrator(tx, proved.administrator);
      if (found === null || hashToken(found.passwordHash) !== proved.password) throw stepExpired();
      return await this.#signIn(tx, found, method, origin);
    });
    return { answer: { state: "signed-in" }, token };
  }

  async #signIn(tx: Tx, { id, username }: Named, method: string, origin: Origin): Promise<string> {
    const { audit, clock, applianceSignIns } = this.#needs;
    const token = await applianceSignIns.create(tx, { administrator: id, ...origin });
    await writeSignedIn(tx, id, clock.now().toISOString());
    await audit.record(tx, {
      ...{ action: "sign-in.succeeded", outcome: "succeeded" },
      actor: { kind: "appliance-administrator", id, name: username, address: origin.address },
      ...{ object: { kind: "area", id: "appliance", name: "appliance" }, detail: { method } },
    });
    return token;
  }

  #begin(proved: Pick<Step, "administrator" | "password">): string {
    const token = newToken();
    this.#steps.set(hashToken(token), { ...proved, untilMs: this.#needs.clock.monotonicMs() + STEP_MS });
    const oldest = this.#steps.keys().next().value;
    if (this.#steps.size > MAX_STEPS && oldest !== undefined) this.#steps.delete(oldest);
    return token;
  }
}

interface Named {
  readonly id: string;
  readonly username: string;
}
