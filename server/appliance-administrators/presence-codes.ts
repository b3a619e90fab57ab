/**
 * Codes that the appliance's own console shows: whoever types one stands before the machine, or may run programs as the
 * service's user. Forty bits, an hour, few guesses; kept as a hash.
 */
import { createHash, randomInt } from "node:crypto";
import { PRESENCE_CODE_MINUTES } from "../../protocol/api/appliance/access.ts";
import { AppError } from "../../protocol/errors.ts";
import { networkOf } from "../address.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { TokenBuckets } from "../sign-in/token-bucket.ts";
import { isOpen, markUsed, type PresenceUse, replaceCodes } from "./presence-codes-store.ts";

/** Without what looks or sounds alike: 0 and O, 1 and I and L, U and V. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 8;
const perNetwork = { capacity: 10, refillPerMinute: 6, maxKeys: 10_000 };
/** From everywhere together: at most 3,660 guesses in the hour a code holds, of 6.5e11 codes. */
const perAppliance = { capacity: 60, refillPerMinute: 60, maxKeys: 1 };

export class PresenceCodes {
  readonly #networks = new TokenBuckets(perNetwork);
  readonly #everybody = new TokenBuckets(perAppliance);
  constructor(private readonly needs: { readonly database: Database; readonly audit: Audit; readonly clock: Clock }) {}

  /** A new code, "K7MP-3XQ9"; the one before no longer counts. */
  async create(): Promise<string> {
    const { database, audit, clock } = this.needs;
    const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
    const now = clock.now();
    const expiresAt = new Date(now.getTime() + PRESENCE_CODE_MINUTES * 60_000).toISOString();
    await database.transaction(async (tx) => {
      await replaceCodes(tx, hashOf(code), now.toISOString(), expiresAt);
      await audit.record(tx, {
        ...{ action: "presence-code.created", outcome: "succeeded", actor: { kind: "system" } },
        ...{ object: { kind: "appliance", id: "appliance", name: "" }, detail: { expiresAt } },
      });
    });
    return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
  }

  /**
   * Before anything is prepared with a code: that it holds for this use.
   * @throws {AppError} sign_in.throttled, presence_code.invalid
   */
  async require(code: string, use: PresenceUse, address: string): Promise<void> {
    const { database, audit, clock } = this.needs;
    const nowMs = clock.monotonicMs();
    if (!this.#networks.take(networkOf(address), nowMs) || !this.#everybody.take("", nowMs))
      throw new AppError("sign_in.throttled", "Too many attempts in a short time. Wait a minute and try again.");
    if (await isOpen(database.queries, hashOf(code), use, clock.now().toISOString())) return;
    await database.transaction((tx) =>
      audit.record(tx, {
        ...{ action: "presence-code.refused", outcome: "denied", actor: { kind: "nobody", name: "", address } },
        ...{ object: { kind: "appliance", id: "appliance", name: "" }, detail: { use } },
      }),
    );
    throw invalid();
  }

  /** Uses a code up, in the caller's transaction. @throws {AppError} presence_code.invalid: used by somebody else meanwhile */
  async take(tx: Tx, code: string, use: PresenceUse): Promise<void> {
    const now = this.needs.clock.now().toISOString();
    if (!(await isOpen(tx, hashOf(code), use, now))) throw invalid();
    await markUsed(tx, hashOf(code), use, now);
  }
}

/** Case, spaces and hyphens are the reader's. */
const hashOf = (code: string): string =>
  createHash("sha256").update(code.toUpperCase().replaceAll(/[\s-]/gu, "")).digest("base64url");

const invalid = (): AppError =>
  new AppError(
    "presence_code.invalid",
    "This code is not right, was used for this before, or its hour is over. Show a new one on the appliance's console.",
  );
