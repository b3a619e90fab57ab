/** Whether an uploaded chain and key can serve. Pure: the time is an argument. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { AppError } from "../../protocol/errors.ts";
import { readPem } from "./pem.ts";

const MAX_CHAIN_LENGTH = 10;

/** A chain that may be served, leaf first, and its unencrypted PKCS #8 key. */
export interface CheckedCertificate {
  readonly chainPem: string;
  readonly keyPem: string;
  /** SHA-256 of the leaf's SubjectPublicKeyInfo, base64url: what a trust bundle lists. */
  readonly spkiSha256: string;
}

/**
 * Checks that the key fits the leaf, that nobody is too early or too late, and that each certificate is signed by the next.
 * @throws {AppError} certificate.invalid, with what is wrong and what to do.
 */
export function checkCertificate(chainPem: string, keyPem: string, now: Date): CheckedCertificate {
  const chain = readChain(chainPem);
  const key = readKey(keyPem);
  const [problem] = problemsOf(chain, key, now);
  if (problem !== undefined) throw refuse(problem);
  return {
    chainPem: chain.map((certificate) => certificate.toString()).join(""),
    keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    spkiSha256: spkiSha256(chain[0]!),
  };
}

/** Everything for which checkCertificate() would refuse them, in words; what cannot be read is one problem alone. */
export function findProblems(chainPem: string, keyPem: string, now: Date): string[] {
  try {
    return [...problemsOf(readChain(chainPem), readKey(keyPem), now)];
  } catch (error) {
    if (error instanceof AppError) return [error.message];
    throw error;
  }
}

/** SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469, section 2.4), base64url. */
export function spkiSha256(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64url");
}

/** The certificates of a PEM text, as parsed. @throws {AppError} certificate.invalid */
export function readChain(chainPem: string): X509Certificate[] {
  const blocks = readPem(chainPem);
  const certificates = blocks.filter((block) => block.label === "CERTIFICATE");
  if (blocks.some((block) => block.label.includes("PRIVATE KEY")))
    throw refuse("The certificate file also holds a private key. Put the key in its own field.");
  if (certificates.length === 0)
    throw refuse('The certificate file holds no certificate. It needs PEM text with "-----BEGIN CERTIFICATE-----".');
  if (certificates.length > MAX_CHAIN_LENGTH)
    throw refuse(`The chain has ${certificates.length} certificates; at most ${MAX_CHAIN_LENGTH} are taken.`);
  return certificates.map((block, index) => parse(block.text, index));
}

function parse(pem: string, index: number): X509Certificate {
  try {
    const certificate = new X509Certificate(pem);
    // The key is only decoded when asked for, and everything later asks for it.
    return certificate.publicKey.type === "public" ? certificate : unreadable(index);
  } catch (error) {
    return unreadable(index, error);
  }
}

function unreadable(index: number, cause?: unknown): never {
  throw refuse(`Certificate ${index + 1} of the chain cannot be read. Export it again as PEM.`, cause);
}

function readKey(keyPem: string): KeyObject {
  const block = readPem(keyPem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block?.label.startsWith("ENCRYPTED") === true || keyPem.includes("Proc-Type: 4,ENCRYPTED"))
    throw refuse("The private key is protected by a passphrase. Export it without one.");
  if (block === undefined)
    throw refuse('The key file holds no private key. It needs PEM text with "-----BEGIN PRIVATE KEY-----".');
  return parseKey(block.text);
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw refuse("The private key cannot be read. Export it again as PEM (PKCS #8).", error);
  }
}

function* problemsOf(chain: readonly X509Certificate[], key: KeyObject, now: Date): Generator<string> {
  yield* problemsOfKey(key);
  yield* problemsOfLeaf(chain[0]!, key, now);
  for (const [index, certificate] of chain.entries()) yield* problemsOfLink(certificate, chain[index + 1], now);
}

function* problemsOfKey(key: KeyObject): Generator<string> {
  const type = key.asymmetricKeyType;
  if (type === "rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
    yield "The RSA key is shorter than 2048 bits. Browsers refuse it; make a longer one.";
  if (type !== "rsa" && type !== "ec")
    yield `Browsers do not take a key of kind ${type ?? "unknown"}. Use ECDSA P-256 or RSA.`;
}

function* problemsOfLeaf(leaf: X509Certificate, key: KeyObject, now: Date): Generator<string> {
  if (!leaf.checkPrivateKey(key))
    yield "The private key does not belong to the first certificate. Put the site's own certificate first.";
  if (leaf.ca && !isSelfSigned(leaf))
    yield "The first certificate is an authority's. Put the site's own certificate first.";
  if ((leaf.subjectAltName ?? "") === "")
    yield "The certificate names no host in its subject alternative names. Browsers need one; order it again.";
  if (new Date(leaf.validFrom) > now)
    yield `The certificate is valid only from ${leaf.validFrom}. Check this appliance's clock.`;
}

function* problemsOfLink(
  certificate: X509Certificate,
  issuer: X509Certificate | undefined,
  now: Date,
): Generator<string> {
  if (new Date(certificate.validTo) <= now)
    yield `The certificate of ${nameOf(certificate)} ran out on ${certificate.validTo}. Use a current one.`;
  if (issuer === undefined) return;
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
    yield `The chain is out of order: ${nameOf(certificate)} is not signed by ${nameOf(issuer)}, which follows it. ` +
      "Order it from the site's certificate to the authority.";
}

/** Whether a certificate is signed by its own key. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** The common name of the subject, or the whole subject where there is none. */
export function nameOf(certificate: X509Certificate): string {
  return /(?:^|\n)CN=(.+)/u.exec(certificate.subject)?.[1] ?? certificate.subject.replaceAll("\n", ", ");
}

const refuse = (message: string, cause?: unknown): AppError => new AppError("certificate.invalid", message, { cause });
