/** A certificate as an administrator sees it. Pure. */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Certificate } from "../../protocol/api/administration.ts";
import { isSelfSigned } from "./certificate-check.ts";

/** The leaf of a chain in words. */
export function describeCertificate(chain: readonly X509Certificate[], hostname: string): Certificate {
  const leaf = chain[0]!;
  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    names: namesOf(leaf),
    notBefore: new Date(leaf.validFrom).toISOString(),
    notAfter: new Date(leaf.validTo).toISOString(),
    fingerprint: leaf.fingerprint256,
    isSelfSigned: isSelfSigned(leaf),
    coversHostname: (isIP(hostname) === 0 ? leaf.checkHost(hostname) : leaf.checkIP(hostname)) !== undefined,
    chainLength: chain.length,
    keyAlgorithm: keyAlgorithm(leaf),
  };
}

const oneLine = (name: string): string => name.split("\n").join(", ");

/** "DNS:a.example, IP Address:192.0.2.1" without the kinds. */
function namesOf(certificate: X509Certificate): string[] {
  const names = certificate.subjectAltName?.split(", ") ?? [];
  return names.map((name) => name.replace(/^(?:DNS|IP Address|email|URI):/u, ""));
}

function keyAlgorithm(certificate: X509Certificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType === "rsa") return `RSA ${asymmetricKeyDetails?.modulusLength ?? ""}`.trim();
  const curves: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
  const curve = asymmetricKeyDetails?.namedCurve ?? "";
  return `ECDSA ${curves[curve] ?? curve}`.trim();
}
