/** Makes the certificate a site starts with: X.509 v3 (RFC 5280), ECDSA P-256, its own issuer. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import {
  bitString,
  boolean,
  contextTag,
  type Der,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "./der.ts";
import { generalName } from "./general-name.ts";
import { writePem } from "./pem.ts";

/** From its first to its last day; browsers take a certificate that was added by hand for no longer (Apple's limit). */
const VALID_DAYS = 825;
const DAY_MS = 86_400_000;

const OID = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  serverAuthentication: "1.3.6.1.5.5.7.3.1",
  subjectAltName: "2.5.29.17",
  subjectKeyIdentifier: "2.5.29.14",
} as const;

/** A chain of one and its key, as PEM; good from a day ago, for clocks that run behind. */
export function makeSelfSigned(hostname: string, now: Date): { readonly chainPem: string; readonly keyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = certificateBody(hostname, publicKey, now);
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const certificate = sequence(body, algorithm, bitString(sign("sha256", body, privateKey)));
  return {
    chainPem: writePem("CERTIFICATE", certificate),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function certificateBody(hostname: string, publicKey: KeyObject, now: Date): Der {
  const name = sequence(set(sequence(objectIdentifier(OID.commonName), utf8String(hostname.slice(0, 64)))));
  const notBefore = time(new Date(now.getTime() - DAY_MS));
  const notAfter = time(new Date(now.getTime() + (VALID_DAYS - 1) * DAY_MS));
  const spki = publicKey.export({ type: "spki", format: "der" });
  return sequence(
    contextTag(0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    sequence(objectIdentifier(OID.ecdsaWithSha256)),
    name,
    sequence(notBefore, notAfter),
    name,
    new Uint8Array(spki),
    contextTag(3, sequence(...extensions(hostname, spki))),
  );
}

function extensions(hostname: string, spki: Uint8Array): Der[] {
  const names = [...new Set([hostname.toLowerCase(), "localhost", "127.0.0.1"])].map(generalName);
  const keyIdentifier = createHash("sha256").update(spki).digest().subarray(0, 20);
  return [
    extension(OID.basicConstraints, sequence(), true),
    // digitalSignature: the first bit.
    extension(OID.keyUsage, bitString(Uint8Array.of(0x80), 7), true),
    extension(OID.extendedKeyUsage, sequence(objectIdentifier(OID.serverAuthentication))),
    extension(OID.subjectAltName, sequence(...names)),
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier)),
  ];
}

function extension(oid: string, value: Der, isCritical = false): Der {
  return sequence(objectIdentifier(oid), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

/** 16 random bytes, positive and without a leading zero (RFC 5280 4.1.2.2). */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}
