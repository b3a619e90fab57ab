/**
 * Who vouches for a key's word on its model: the certificates it brings must lead to one an administrator has given
 * (WebAuthn Level 3, 7.1 steps 23 and 24). Pure.
 */
import { X509Certificate } from "node:crypto";
import { objectIdentifier, octetString, sequence } from "../../certificates/der.ts";

/** id-fido-gen-ce-aaguid; never critical. */
const MODEL_EXTENSION = "1.3.6.1.4.1.45724.1.1.4";
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

/**
 * Whether the maker wrote this model into the key's own certificate, which the chain's signatures cover. Without it a root
 * would vouch for whatever a key says of itself: one given for one maker for the models of all, and any computer's TPM for
 * every model (WebAuthn Level 3, 8.2.1: id-fido-gen-ce-aaguid). An administrator's word on that very certificate does, too.
 * @param chain DER, the key's own certificate first
 * @param roots PEM
 */
export function vouchesForModel(chain: readonly Uint8Array[], roots: readonly string[], aaguid: string): boolean {
  const [own] = chain;
  if (own === undefined) return false;
  const fingerprints = new Set(parsed(roots).map(({ fingerprint256 }) => fingerprint256));
  if (parsed([own]).some(({ fingerprint256 }) => fingerprints.has(fingerprint256))) return true;
  const model = Buffer.from(aaguid.replaceAll("-", ""), "hex");
  return Buffer.from(own).includes(sequence(objectIdentifier(MODEL_EXTENSION), octetString(octetString(model))));
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
