/** How programs come in: a client id and its secret for a token of an hour (RFC 6749, client credentials). */
import { timingSafeEqual } from "node:crypto";
import type { RepresentativeId } from "../../protocol/ids.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { networkOf } from "../address.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { Networks } from "../security/networks.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import { TokenBuckets } from "../sign-in/token-bucket.ts";
import { findByClientId, findByToken, insertToken, type StoredApiAccount } from "./store.ts";

export const TOKEN_SECONDS = 3600;
const MAX_TOKENS = 100;
/** Enough for many programs behind one address; a program needs one token an hour. */
const perAddress = { capacity: 60, refillPerMinute: 60, maxKeys: 20_000 };

/** Refusals written one by one: of one network, and of all; what is more is counted and told with the next one. */
const rowsOfNetwork = { capacity: 5, refillPerMinute: 1, maxKeys: 20_000 };
const rowsOfAll = { capacity: 60, refillPerMinute: 6, maxKeys: 1 };
/** Characters of a made-up client id that are kept. */
const MAX_ID_KEPT = 64;

export interface ApiTokensNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly security: SiteSecurity;
  readonly policyBook: PolicyBook;
}

export class ApiTokens {
  readonly #needs: ApiTokensNeeds;
  readonly #addresses = new TokenBuckets(perAddress);
  readonly #rowsOfNetwork = new TokenBuckets(rowsOfNetwork);
  readonly #rowsOfAll = new TokenBuckets(rowsOfAll);
  /** Refusals since the last one that was written. */
  #unwritten = 0;
  constructor(needs: ApiTokensNeeds) {
    this.#needs = needs;
  }

  /**
   * A token of an hour for a client id and its secret.
   * @throws {AppError} api.unauthorized, network.refused, sign_in.throttled, request.too_many
   */
  async issue(clientId: string, clientSecret: string, address: string): Promise<string> {
    const { database, audit, clock } = this.#needs;
    if (!this.#addresses.take(networkOf(address), clock.monotonicMs()))
      throw new AppError("sign_in.throttled", "Too many attempts in a short time. Wait a minute and try again.");
    const account = await findByClientId(database.queries, clientId);
    const fits = sameText(hashToken(clientSecret), account?.secretHash ?? hashToken(newToken()));
    const refusal = account === null || !fits ? unauthorized() : this.#refusalOf(account, address);
    if (account === null || refusal !== null) return await this.#refuse(clientId, address, refusal ?? unauthorized());
    const now = clock.now();
    const token = newToken();
    const expiresAt = new Date(now.getTime() + TOKEN_SECONDS * 1000).toISOString();
    await database.transaction(async (tx) => {
      const row = { tokenHash: hashToken(token), apiAccount: account.id, expiresAt };
      if ((await insertToken(tx, row, now.toISOString())) > MAX_TOKENS)
        throw new AppError("request.too_many", "This API account has 100 tokens already. Use one until it runs out.");
      const actor = { kind: "representative", id: account.madeBy, name: account.name, address } as const;
      const object = { kind: "api-account", id: account.id, name: account.name };
      await audit.record(tx, { action: "api-token.issued", outcome: "succeeded", actor, object });
    });
    return token;
  }

  /**
   * Whoever brings a token: the rights of the account's maker as they are now, within its scopes.
   * @throws {AppError} api.unauthorized, network.refused
   */
  async actorOf(token: string, address: string): Promise<Actor> {
    const { database, clock, policyBook } = this.#needs;
    const signIn = hashToken(token);
    const account = await findByToken(database.queries, signIn, clock.now().toISOString());
    const refusal = account === null ? unauthorized() : this.#refusalOf(account, address);
    if (account === null || refusal !== null) throw refusal ?? unauthorized();
    const rights = await policyBook.rightsOf(account.madeBy);
    const id = account.madeBy as RepresentativeId;
    const username = `${account.name} (API account)`;
    const scopes = new Set(account.scopes);
    return { id, username, displayName: account.name, rights, scopes, signIn, area: "login", address };
  }

  /** An account that ended or was disabled, or whose maker was, has nothing any more. */
  #refusalOf(account: StoredApiAccount, address: string): AppError | null {
    const now = this.#needs.clock.now();
    const hasEnded = [account.expiresAt, account.makerExpiresAt].some((end) => end !== null && new Date(end) <= now);
    if (!account.isEnabled || account.isMakerDisabled || hasEnded) return unauthorized();
    const isAllowed = this.#needs.security.allowsAddress("api", address) && new Networks(account.networks).has(address);
    return isAllowed ? null : new AppError("network.refused", "This API account may not be used from this network.");
  }

  /** A flood of refusals costs a bounded few rows. */
  async #refuse(clientId: string, address: string, refusal: AppError): Promise<never> {
    const { database, audit, clock } = this.#needs;
    const nowMs = clock.monotonicMs();
    if (!this.#rowsOfNetwork.take(networkOf(address), nowMs) || !this.#rowsOfAll.take("", nowMs)) {
      this.#unwritten += 1;
      throw refusal;
    }
    const more = this.#unwritten;
    this.#unwritten = 0;
    const id = clientId.slice(0, MAX_ID_KEPT);
    const object = { kind: "api-account", id, name: id };
    const detail = { code: refusal.code, ...(more === 0 ? {} : { more }) };
    const event = { action: "api-token.refused", outcome: "denied", object, detail } as const;
    const actor = { kind: "nobody", name: id, address } as const;
    await database.transaction((tx) => audit.record(tx, { ...event, actor }));
    throw refusal;
  }
}

/** In a time that says nothing of where they differ; both are hashes of one length. */
function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const unauthorized = (): AppError =>
  new AppError("api.unauthorized", "The client id, the secret or the token is not right, or does not hold any more.");
