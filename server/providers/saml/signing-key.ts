/** The key pair a SAML provider signs its requests with and opens assertions with: RSA 2048, self-signed. */
import { generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";
import {
  bitString,
  contextTag,
  type Der,
  der,
  integer,
  objectIdentifier,
  sequence,
  set,
  time,
  utf8String,
} from "../../certificates/der.ts";

const VALID_DAYS = 1825;
const DAY_MS = 86_400_000;
const COMMON_NAME = "2.5.4.3";
const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";

/** As it is kept, sealed. PEM. */
export interface SigningKey {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A new one, good for five years. Takes some 100 ms beside the loop. */
export async function makeSigningKey(name: string, now: Date): Promise<SigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const body = certificateBody(name, publicKey, now);
  const certificate = sequence(body, algorithm(), bitString(sign("sha256", body, privateKey)));
  const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { certificatePem: certificatePem(Buffer.from(certificate).toString("base64")), keyPem };
}

/** Base64 of DER as PEM. */
export const certificatePem = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/gu) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;

/** sha256WithRSAEncryption with its NULL (RFC 4055 5). */
const algorithm = (): Der => sequence(objectIdentifier(SHA256_WITH_RSA), der(0x05));

function certificateBody(commonName: string, publicKey: KeyObject, now: Date): Der {
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(commonName.slice(0, 64)))));
  const notBefore = time(new Date(now.getTime() - DAY_MS));
  const notAfter = time(new Date(now.getTime() + VALID_DAYS * DAY_MS));
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return sequence(
    contextTag(0, integer(Uint8Array.of(2))),
    integer(serial),
    algorithm(),
    name,
    sequence(notBefore, notAfter),
    name,
    spki,
  );
}
