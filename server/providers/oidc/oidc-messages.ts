/** OpenID Connect for one provider: discovery, the address to sign in at, the code's exchange for who somebody is. */
import * as client from "openid-client";
import type { OidcProvider, ProvedPerson } from "../provider.ts";
import { ProviderRefusal } from "../refusal.ts";
import { boundedFetch, OIDC_LIMITS, type OidcLimits } from "./bounded-fetch.ts";

const MAX_VALUES = 2000;

/** The secrets of one request. */
export interface OidcRequest {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's code verifier. */
  readonly verifier: string;
}

/** Where the browser goes to sign in. @throws {ProviderRefusal} provider.unreachable, oidc.invalid, oidc.too_large */
export async function signInUrl(
  provider: OidcProvider,
  request: OidcRequest & { readonly redirectUrl: string },
  limits = OIDC_LIMITS,
): Promise<string> {
  return await told(async () => {
    const configuration = await discover(provider, limits);
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: request.redirectUrl,
      scope: scopesOf(provider.config.scopes),
      state: request.state,
      nonce: request.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(request.verifier),
      code_challenge_method: "S256",
    });
    return url.href;
  });
}

/**
 * Exchanges the code in the address the browser came back to. Claims of the ID token go before those of the userinfo
 * endpoint, which is asked for whatever the token leaves out.
 * @throws {ProviderRefusal} oidc.*, provider.unreachable
 */
export async function exchange(
  provider: OidcProvider,
  came: URL,
  request: OidcRequest,
  limits = OIDC_LIMITS,
): Promise<ProvedPerson> {
  return await told(async () => {
    const configuration = await discover(provider, limits);
    const tokens = await client.authorizationCodeGrant(configuration, came, {
      expectedState: request.state,
      expectedNonce: request.nonce,
      pkceCodeVerifier: request.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined || claims.sub === "") throw new ProviderRefusal("oidc.claims");
    const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
    const more = hasUserInfo ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
    return personOf({ ...more, ...claims });
  });
}

async function discover({ config, secrets }: OidcProvider, limits: OidcLimits): Promise<client.Configuration> {
  const issuer = new URL(config.issuer);
  const metadata = { [client.clockTolerance]: config.clockSkewSeconds };
  const authentication = (secrets.secret ?? "") === "" ? client.None() : client.ClientSecretPost(secrets.secret!);
  return await client.discovery(issuer, config.clientId, metadata, authentication, {
    [client.customFetch]: boundedFetch(limits),
    // The time is bounded there; 0: not by the library, too.
    timeout: 0,
    execute: [
      // The standard lets TLS stand for the ID token's signature (Core 3.1.3.7); here it is checked all the same.
      client.enableNonRepudiationChecks,
      // Settings allow http:// on this computer alone.
      ...(issuer.protocol === "http:" ? [client.allowInsecureRequests] : []),
    ],
  });
}

const scopesOf = (scopes: string): string =>
  [...new Set(["openid", ...scopes.split(/\s+/u).filter(Boolean)])].join(" ");

/** Claims as attributes: texts, numbers, booleans, and lists of them. Objects inside are nobody's name. */
function personOf(claims: Readonly<Record<string, unknown>> & { readonly sub: string }): ProvedPerson {
  const attributes = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(claims)) {
    const values = (Array.isArray(value) ? value : [value]).slice(0, MAX_VALUES).filter(isPlain).map(String);
    if (values.length > 0 || Array.isArray(value)) attributes.set(name, values);
  }
  const preferred = attributes.get("preferred_username")?.[0] ?? attributes.get("email")?.[0] ?? claims.sub;
  return { externalId: claims.sub, defaultUsername: preferred, attributes };
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The library's errors in our codes. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): ProviderRefusal {
  const refusal = refusalBehind(error);
  if (refusal !== null) return refusal;
  const cause = { cause: error };
  if (error instanceof client.AuthorizationResponseError)
    return new ProviderRefusal("oidc.refused", error.error, cause);
  if (error instanceof client.ResponseBodyError) return new ProviderRefusal("oidc.refused", error.error, cause);
  const code = error instanceof Error ? ((error as { code?: unknown }).code ?? "") : "";
  if (code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED") return new ProviderRefusal("oidc.clock", describe(error), cause);
  const isNetwork = error instanceof TypeError || !(error instanceof client.ClientError) || isHttp(code);
  return new ProviderRefusal(isNetwork ? "provider.unreachable" : "oidc.invalid", describe(error), cause);
}

/** What boundedFetch() threw; the library wraps some of it. */
function refusalBehind(error: unknown): ProviderRefusal | null {
  if (error instanceof ProviderRefusal) return error;
  return error instanceof Error && error.cause !== undefined ? refusalBehind(error.cause) : null;
}

/** An answer of the wrong status or kind: something else than the provider answers there. */
const isHttp = (code: unknown): boolean =>
  code === "OAUTH_RESPONSE_IS_NOT_CONFORM" || code === "OAUTH_RESPONSE_IS_NOT_JSON";

const describe = (error: unknown): string => (error instanceof Error ? error.message : "");
