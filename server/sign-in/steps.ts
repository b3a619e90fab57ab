/** What stands between a first proof and a sign-in: steps and challenges, each kept as the hash of its secret, taken once. */
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { stepExpired } from "./refusals.ts";
import { countSteps, deleteStep, insertStep, keepNewestSteps, readStep, writeStepValue } from "./steps-store.ts";
import { hashToken, newToken } from "./token.ts";

/** sign-in: waits for more; the others are WebAuthn challenges of an account that is known and of a passkey to be added. */
export type StepKind = "sign-in" | "passkey-challenge" | "passkey-creation";
const LIFETIME_MS = 300_000;
/** Of one account; past it, its own oldest goes: who knows one password fills no places of others. */
const MAX_OF_AN_ACCOUNT = 16;
/** Of all accounts; past it, the next is refused until some run out. */
const MAX_OF_A_KIND = 100_000;

export interface Step {
  readonly tokenHash: string;
  readonly representative: string;
  readonly value: unknown;
}

export class Steps {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps a step for five minutes and returns its secret.
   * @throws {AppError} request.too_many
   */
  async begin(kind: StepKind, representative: string, value: unknown): Promise<string> {
    const token = newToken();
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFETIME_MS).toISOString();
    const step = { tokenHash: hashToken(token), kind, representative, value: JSON.stringify(value), expiresAt };
    await this.database.transaction(async (tx) => {
      await keepNewestSteps(tx, kind, representative, MAX_OF_AN_ACCOUNT - 1);
      await insertStep(tx, step, now.toISOString());
      if ((await countSteps(tx, kind)) > MAX_OF_A_KIND)
        throw new AppError("request.too_many", "Too many people sign in at this moment. Try again in a few minutes.");
    });
    return token;
  }

  /** The step of a secret, without taking it. @throws {AppError} sign_in.step_expired */
  async read(kind: StepKind, token: string): Promise<Step> {
    const found = await readStep(this.database.queries, hashToken(token), this.clock.now().toISOString());
    if (found === null || found.kind !== kind) throw stepExpired();
    const { tokenHash, representative } = found;
    return { tokenHash, representative, value: JSON.parse(found.value) as unknown };
  }

  /** Takes it away in the caller's transaction. @throws {AppError} sign_in.step_expired when somebody took it before */
  async take(tx: Tx, { tokenHash }: Step): Promise<void> {
    if (!(await deleteStep(tx, tokenHash))) throw stepExpired();
  }

  /** Reads and takes in one. @throws {AppError} sign_in.step_expired */
  async redeem(kind: StepKind, token: string): Promise<Step> {
    const step = await this.read(kind, token);
    await this.database.transaction((tx) => this.take(tx, step));
    return step;
  }

  /** Keeps more of what happened under the same secret. */
  async change({ tokenHash }: Step, value: unknown): Promise<void> {
    await this.database.transaction((tx) => writeStepValue(tx, tokenHash, JSON.stringify(value)));
  }
}
