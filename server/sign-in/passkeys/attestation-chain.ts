/**
 * Who vouches for a key's word on its model: the certificates it brings must lead to one an administrator has given
 * (WebAuthn Level 3, 7.1 steps 23 and 24). Pure.
 */
import { X509Certificate } from "node:crypto";

/** Longer chains of makers are not known. */
const MAX_CHAIN = 8;

/**
 * Whether the chain, the key's own certificate first, leads to one of the roots, with each certificate valid at `now`. A
 * root may be the key's own certificate, as makers of one batch have it.
 * @param chain DER, as the key brought them
 * @param roots PEM
 */
export function leadsToRoot(chain: readonly Uint8Array[], roots: readonly string[], now: Date): boolean {
  if (chain.length === 0 || chain.length > MAX_CHAIN) return false;
  const certificates = parsed(chain);
  const trusted = parsed(roots).filter((root) => isValid(root, now));
  const isLinked = certificates.every((certificate, index) => {
    const issuer = certificates[index + 1];
    return isValid(certificate, now) && (issuer === undefined || isIssuedBy(certificate, issuer));
  });
  const last = certificates.at(-1);
  if (!isLinked || last === undefined || certificates.length < chain.length) return false;
  return trusted.some((root) => last.fingerprint256 === root.fingerprint256 || isIssuedBy(last, root));
}

/** Those that can be read, their keys, too, which are decoded only when asked for. */
function parsed(certificates: readonly (Uint8Array | string)[]): X509Certificate[] {
  return certificates.flatMap((one) => {
    try {
      const certificate = new X509Certificate(one);
      return certificate.publicKey.type === "public" ? [certificate] : [];
    } catch {
      return [];
    }
  });
}

/** Names and key fit, and the issuer is an authority, which a key's own certificate never is. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

const isValid = ({ validFrom, validTo }: X509Certificate, now: Date): boolean =>
  Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
