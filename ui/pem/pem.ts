/** What can be said of a PEM file before it is sent: the server has the last word. */

/** Larger than any chain or key; what a person picked by mistake is not read. */
export const MAX_PEM_BYTES = 100_000;

export type PemKind = "chain" | "key";

/** What is wrong with a text as a certificate chain or a private key; "" when nothing shows. */
export function pemProblem(kind: PemKind, text: string): string {
  const hasCertificate = text.includes("-----BEGIN CERTIFICATE-----");
  const hasKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(text);
  if (kind === "chain") {
    if (hasCertificate) return "";
    return hasKey
      ? "This file holds a private key. Choose the certificate chain here and the key below."
      : "This file holds no certificate. It must begin with -----BEGIN CERTIFICATE-----.";
  }
  if (text.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
    return "This key is protected by a password. Choose the key without one.";
  }
  if (hasKey) return "";
  return "This file holds no private key. It must begin with -----BEGIN PRIVATE KEY-----.";
}

/** How many certificates a chain has. */
export function certificatesIn(text: string): number {
  return text.split("-----BEGIN CERTIFICATE-----").length - 1;
}
