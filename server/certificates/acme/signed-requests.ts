/** Requests to an authority as RFC 8555 wants them: signed with the account's key, each with a nonce of its own. */
import { calculateJwkThumbprint, exportJWK, FlattenedSign, importJWK, type JWK } from "jose";
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { AppError } from "../../../protocol/errors.ts";
import { Directory, parseAnswer, parseProblem, refusalOf } from "./authority-answers.ts";
import { type AuthorityAnswer, type AuthorityFetch, requireHttps } from "./authority-fetch.ts";

/** A nonce may run out on its way; more often than this it is something else. */
const NONCE_TRIES = 8;
const MAX_RETRY_AFTER_MS = 7 * 86_400_000;

const makeKeys = promisify(generateKeyPair);

/** A new account key, P-256, as a private JWK. */
export async function makeAccountKey(): Promise<JWK> {
  const { privateKey } = await makeKeys("ec", { namedCurve: "P-256" });
  return await exportJWK(privateKey);
}

export class SignedRequests {
  #nonce: string | null = null;
  #accountUrl: string | null = null;

  private constructor(
    readonly directory: Directory,
    private readonly fetch: AuthorityFetch,
    private readonly key: JWK,
  ) {}

  /** Reads the directory. @throws {AppError} certificate.invalid */
  static async open(directoryUrl: string, fetch: AuthorityFetch, key: JWK): Promise<SignedRequests> {
    const answer = await fetch(directoryUrl, { method: "GET" });
    const directory = parseAnswer(Directory, answer.status === 200 ? answer.text : "");
    return new SignedRequests(directory, fetch, key);
  }

  /** From now on requests are this account's. */
  useAccount(url: string): void {
    this.#accountUrl = requireHttps(url);
  }

  /** The public half of the key. */
  get publicKey(): JWK {
    const { kty, crv, x, y } = this.key;
    return { kty, crv, x, y } as JWK;
  }

  /** What stands behind a challenge's token (RFC 8555, section 8.1). */
  async keyAuthorization(token: string): Promise<string> {
    return `${token}.${await calculateJwkThumbprint(this.publicKey)}`;
  }

  /**
   * One signed request; without a payload it reads (POST-as-GET).
   * @throws {AuthorityRefusal} what the authority refuses, {AppError} certificate.invalid
   */
  async post(url: string, payload?: unknown, accept = "application/json"): Promise<AuthorityAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const body = await this.#sign(url, payload === undefined ? "" : JSON.stringify(payload));
      const headers = { "content-type": "application/jose+json", accept };
      const answer = await this.fetch(url, { method: "POST", headers, body });
      this.#nonce = answer.headers.get("replay-nonce");
      if (answer.status >= 200 && answer.status < 300) return answer;
      const refusal = refusalOf(parseProblem(answer.text), retryAfterOf(answer.headers));
      if (refusal.kind !== "badNonce" || attempt >= NONCE_TRIES) throw refusal;
    }
  }

  async #sign(url: string, payload: string): Promise<string> {
    const who = this.#accountUrl === null ? { jwk: this.publicKey } : { kid: this.#accountUrl };
    const header = { alg: "ES256", nonce: await this.#takeNonce(), url: requireHttps(url), ...who };
    const signer = new FlattenedSign(new TextEncoder().encode(payload)).setProtectedHeader(header);
    return JSON.stringify(await signer.sign(await importJWK(this.key, "ES256")));
  }

  async #takeNonce(): Promise<string> {
    const kept = this.#nonce;
    this.#nonce = null;
    if (kept !== null) return kept;
    const { headers } = await this.fetch(this.directory.newNonce, { method: "HEAD" });
    const nonce = headers.get("replay-nonce");
    if (nonce === null || !/^[A-Za-z0-9_-]{1,500}$/u.test(nonce))
      throw new AppError("certificate.invalid", "The authority gives out no nonce. Try again later.");
    return nonce;
  }
}

/** Seconds from now, or a date; bounded. Null: not said. */
export function retryAfterOf(headers: Headers): number | null {
  const text = headers.get("retry-after") ?? "";
  const ms = /^\d{1,9}$/u.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
