/**
 * The plain beginning of a backup. Pure. 16 bytes of magic, the header's length in 4 bytes (big-endian), the header as
 * JSON in UTF-8; the encrypted chunks follow. Nothing of the site stands in it. SHA-256 of all of it is additional data of
 * each chunk, so that no byte of it can be changed.
 */
import { createHash } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../../protocol/errors.ts";

const MAGIC = Buffer.from("CAUSEWAY-BACKUP\n", "latin1");
const LENGTH_BYTES = 4;
/** The bytes before the header's own. */
export const PREFIX_BYTES = MAGIC.length + LENGTH_BYTES;
const MAX_HEADER_BYTES = 16_384;
/** This release writes and reads this one. */
export const FORMAT = 1;

const base64url = (bytes: number) =>
  Type.String({ pattern: `^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`, maxLength: Math.ceil((bytes * 4) / 3) });

/** How a passphrase becomes a key (scrypt, RFC 7914). Bounded: a hostile file must not cost gigabytes. */
export const KeyDerivation = Type.Object({
  salt: base64url(32),
  /** log2 of N. */
  logN: Type.Integer({ minimum: 14, maximum: 18 }),
  r: Type.Integer({ minimum: 1, maximum: 8 }),
  p: Type.Integer({ minimum: 1, maximum: 4 }),
});
export type KeyDerivation = Static<typeof KeyDerivation>;

/** A pair of keys made for a passphrase: whoever holds the public one encrypts, the passphrase opens the private one. */
export const PassphraseKey = Type.Object({
  derivation: KeyDerivation,
  /** X25519 (RFC 7748). */
  publicKey: base64url(32),
  /** The private key, AES-256-GCM under the passphrase's key: IV 12, key 32, tag 16. */
  sealedPrivateKey: base64url(60),
});
export type PassphraseKey = Static<typeof PassphraseKey>;

export const BackupHeader = Type.Object({
  format: Type.Literal(FORMAT),
  passphraseKey: PassphraseKey,
  /** Of the pair made for this file alone. */
  ephemeralPublicKey: base64url(32),
  /** The file's key, AES-256-GCM under what both pairs agree on: IV 12, key 32, tag 16. */
  sealedFileKey: base64url(60),
});
export type BackupHeader = Static<typeof BackupHeader>;

/** A header as read, and what the chunks are bound to. */
export interface ReadHeader {
  readonly header: BackupHeader;
  readonly digest: Uint8Array;
}

/** The bytes a backup begins with. */
export function encodeHeader(header: BackupHeader): { readonly bytes: Uint8Array; readonly digest: Uint8Array } {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  const bytes = Buffer.concat([MAGIC, length, text]);
  return { bytes, digest: digestOf(bytes) };
}

/** How many bytes follow the prefix. @throws {AppError} backup.invalid */
export function headerLength(prefix: Uint8Array): number {
  const bytes = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (bytes.length < PREFIX_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw invalid("This is no backup of Causeway.");
  const length = bytes.readUInt32BE(MAGIC.length);
  if (length === 0 || length > MAX_HEADER_BYTES) throw invalid("The beginning of this backup was altered.");
  return length;
}

/** @throws {AppError} backup.invalid: no backup, damaged, or of a newer release */
export function decodeHeader(prefix: Uint8Array, text: Uint8Array): ReadHeader {
  if (text.length !== headerLength(prefix)) throw invalid("The backup is cut off near its beginning.");
  const header = parse(text);
  if (formatOf(header) > FORMAT)
    throw invalid("This backup was written by a newer release of Causeway. Restore it with that release.");
  if (!Value.Check(BackupHeader, header)) throw invalid("The beginning of this backup was altered.");
  return { header, digest: digestOf(prefix, text) };
}

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    throw invalid("The beginning of this backup was altered.", error);
  }
}

const formatOf = (header: unknown): number =>
  typeof header === "object" && header !== null && "format" in header && typeof header.format === "number"
    ? header.format
    : 0;

const digestOf = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The file is not what this release can restore; `message` says why. */
export function invalid(message: string, cause?: unknown): AppError {
  return new AppError("backup.invalid", message, { cause });
}
