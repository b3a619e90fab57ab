/** The keys of one appliance of a pair: Ed25519, made once, by which the other one knows it for as long as they are a pair. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";

/** DER heads of RFC 8410, before the 32 bytes of a public key. */
const ED25519_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const X25519_HEAD = Buffer.from("302a300506032b656e032100", "hex");
const RAW_KEY_BYTES = 32;

/** PKCS #8, base64url, to be kept where only the service reads; and 32 bytes, base64url. */
export interface PairKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

export function makePairKeys(): PairKeys {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  return { privateKey: der.toString("base64url"), publicKey: rawOf(publicKey) };
}

export function signWith({ privateKey }: PairKeys, bytes: Uint8Array): string {
  const key = createPrivateKey({ key: Buffer.from(privateKey, "base64url"), format: "der", type: "pkcs8" });
  return sign(null, bytes, key).toString("base64url");
}

export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  return verify(null, bytes, publicKeyOf(ED25519_HEAD, publicKey), Buffer.from(signature, "base64url"));
}

/** "4F:9A:…", what a person compares: the first 16 bytes of a public key's SHA-256. */
export function fingerprintOf(publicKey: string): string {
  const digest = new Bun.CryptoHasher("sha256").update(Buffer.from(publicKey, "base64url")).digest();
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

/** A key of one connection. */
export interface EphemeralKey {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

export function makeEphemeralKey(): EphemeralKey {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return { privateKey, publicKey: rawOf(publicKey) };
}

/** The public half of the other one's key of this connection. */
export const ephemeralPublicKey = (publicKey: string): KeyObject => publicKeyOf(X25519_HEAD, publicKey);

const rawOf = (key: KeyObject): string =>
  key.export({ format: "der", type: "spki" }).subarray(-RAW_KEY_BYTES).toString("base64url");

const publicKeyOf = (head: Buffer, raw: string): KeyObject =>
  createPublicKey({ key: Buffer.concat([head, Buffer.from(raw, "base64url")]), format: "der", type: "spki" });
