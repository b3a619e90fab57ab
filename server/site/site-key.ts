/** The site's Ed25519 key: by it an agent knows the site for life, whatever certificate it shows. */
import { Value } from "@sinclair/typebox/value";
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../clock.ts";
import { AppError } from "../../protocol/errors.ts";
import { TicketClaims, type TrustBundle } from "../../protocol/hello.ts";

const ALGORITHM = "EdDSA";
const TICKET_TYPE = "causeway-ticket";
const BUNDLE_TYPE = "causeway-trust";

/** A fresh key pair: the private half as JSON (to be sealed), the public half as 32 bytes of base64url. */
export async function generateSiteKey(): Promise<{ readonly privateJwk: string; readonly publicKey: string }> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  const jwk = await exportJWK(privateKey);
  return { privateJwk: JSON.stringify(jwk), publicKey: jwk.x! };
}

/** Opens a key kept by generateSiteKey(). */
export async function openSiteKey(privateJwk: string, clock: Clock): Promise<SiteKey> {
  const jwk = JSON.parse(privateJwk) as JWK;
  const { d: _, ...publicJwk } = jwk;
  return new SiteKey(await importKey(jwk), await importKey(publicJwk), jwk.x!, clock);
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError("the site key is not an Ed25519 key");
  return key;
}

export class SiteKey {
  readonly #privateKey: CryptoKey;
  readonly #verifyingKey: CryptoKey;
  readonly #clock: Clock;
  constructor(
    privateKey: CryptoKey,
    verifyingKey: CryptoKey,
    /** 32 bytes, base64url. */
    readonly publicKey: string,
    clock: Clock,
  ) {
    this.#privateKey = privateKey;
    this.#verifyingKey = verifyingKey;
    this.#clock = clock;
  }

  /** A compact JWS over the bundle's JSON. */
  async signBundle(bundle: TrustBundle): Promise<string> {
    return await new CompactSign(new TextEncoder().encode(JSON.stringify(bundle)))
      .setProtectedHeader({ alg: ALGORITHM, typ: BUNDLE_TYPE })
      .sign(this.#privateKey);
  }

  /** A JWT with these claims; the caller chooses `exp` (TICKET_LIFETIME_SECONDS) and a random `jti`. */
  async signTicket(claims: TicketClaims): Promise<string> {
    return await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ALGORITHM, typ: TICKET_TYPE })
      .sign(this.#privateKey);
  }

  /**
   * The claims of a ticket this site signed and that has not expired. That it is used once is the caller's to see to.
   * @throws {AppError} ticket.invalid
   */
  async verifyTicket(ticket: string): Promise<TicketClaims> {
    try {
      const { payload } = await jwtVerify(ticket, this.#verifyingKey, {
        algorithms: [ALGORITHM],
        typ: TICKET_TYPE,
        requiredClaims: ["exp", "jti", "sub"],
        currentDate: this.#clock.now(),
      });
      if (!Value.Check(TicketClaims, payload)) throw new TypeError("the claims do not fit");
      return payload;
    } catch (error) {
      throw new AppError("ticket.invalid", "This connection's ticket is not valid or has run out.", { cause: error });
    }
  }
}
