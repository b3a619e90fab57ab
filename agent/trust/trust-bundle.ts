/**
 * The site's signed trust bundle: which TLS keys it uses now and will use next. It is fetched over a connection nobody
 * has checked, so what it says counts only by the site key's signature, and only forward (NA23).
 */
import { Value } from "@sinclair/typebox/value";
import { compactVerify, errors, importJWK } from "jose";
import { TrustBundle } from "../../protocol/hello.ts";

/** A bundle whose signature has been checked, beside the signed text it came in. */
export interface VerifiedBundle {
  readonly bundle: TrustBundle;
  readonly signed: string;
}

export type BundleRefusal = "signature" | "content" | "site" | "older";

/** The site by which bundles are judged. */
export interface SiteIdentity {
  readonly siteId: string;
  /** Public half of the site key: Ed25519, base64url. */
  readonly siteKey: string;
}

/**
 * Checks a bundle (a compact JWS, EdDSA) against the site's key and id.
 * @param knownVersion version of the newest bundle verified so far, 0 for none; an older one is refused.
 */
export async function verifyTrustBundle(
  signed: string,
  site: SiteIdentity,
  knownVersion: number,
): Promise<VerifiedBundle | BundleRefusal> {
  const payload = await verifiedPayload(signed, site.siteKey);
  if (payload === null) return "signature";
  const bundle = readJson(payload);
  if (!Value.Check(TrustBundle, bundle)) return "content";
  if (bundle.siteId !== site.siteId) return "site";
  if (bundle.version < knownVersion) return "older";
  return { bundle, signed };
}

async function verifiedPayload(signed: string, siteKey: string): Promise<Uint8Array | null> {
  const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: siteKey }, "EdDSA");
  try {
    // INVARIANT: one algorithm, pinned (NA15); the header cannot choose another.
    const { payload } = await compactVerify(signed, key, { algorithms: ["EdDSA"] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function readJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
