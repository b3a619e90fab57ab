/**
 * A sign-in that is away at an identity provider. Its answer comes back through the browser: a cookie binds it to the
 * browser that began, and a row, used once, to the request. SameSite=None, since a SAML answer is another site's POST.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Area } from "../../protocol/api/sign-in.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import { refuse } from "./refusal.ts";
import { insertStep, takeStep } from "./step-store.ts";

const KIND = "provider-sign-in";
const LIFETIME_SECONDS = 600;
const COOKIE_PREFIX = "__Host-causeway-way-";

/** What is kept while somebody is away. */
const Step = Type.Object({
  provider: Type.String(),
  /** SHA-256 of the browser's cookie, base64url. */
  browser: Type.String(),
  area: Area,
  /** An administrator who tries the provider; null: a real sign-in. */
  testBy: Type.Union([Type.String(), Type.Null()]),
  /** OIDC's nonce and PKCE verifier. */
  nonce: Type.Optional(Type.String()),
  verifier: Type.Optional(Type.String()),
});
export type Step = Static<typeof Step>;

export class SignInSteps {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps a step under its request's id and returns the Set-Cookie of the browser that began it. Two windows may be away at
   * once: each request has a cookie of its own.
   */
  async begin(requestId: string, step: Omit<Step, "browser">): Promise<string> {
    const token = newToken();
    const value = JSON.stringify({ ...step, browser: hashToken(token) });
    await this.database.transaction((tx) => insertStep(tx, { ...this.#row(requestId), value }));
    return `${cookieName(requestId)}=${token}; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=${LIFETIME_SECONDS}`;
  }

  /**
   * The step of a request, once.
   * @throws {ProviderRefusal} request.unknown, request.other_browser
   */
  async take(tx: Tx, requestId: string, provider: string, cookies: string | null): Promise<Step> {
    const { now } = this.#row(requestId);
    const value = await takeStep(tx, { key: hashToken(requestId), kind: KIND, now });
    if (value === null) return refuse("request.unknown");
    const step = fromTable(Step, JSON.parse(value));
    if (step.provider !== provider) refuse("request.unknown", "another provider's");
    if (step.browser !== hashToken(readCookie(cookies, cookieName(requestId)) ?? "")) refuse("request.other_browser");
    return step;
  }

  #row(requestId: string) {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFETIME_SECONDS * 1000).toISOString();
    return { key: hashToken(requestId), kind: KIND, expiresAt, now: now.toISOString() };
  }
}

/** The Set-Cookie that forgets a request's cookie. */
export const forgetStepCookie = (requestId: string): string =>
  `${cookieName(requestId)}=; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=0`;

const cookieName = (requestId: string): string => COOKIE_PREFIX + hashToken(requestId).slice(0, 8);

function readCookie(header: string | null, name: string): string | null {
  const found = (header ?? "").split(";").map((part) => part.trim());
  const values = found.filter((part) => part.startsWith(`${name}=`));
  return values.length === 1 ? values[0]!.slice(name.length + 1) : null;
}
