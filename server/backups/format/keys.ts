/**
 * Who can open a backup. A passphrase makes a pair of X25519 keys once; backups are encrypted for the public one, so a
 * schedule needs no passphrase and an appliance cannot read what it wrote. Each file has a key of its own, sealed for the
 * pair by an ephemeral one (as libsodium's sealed boxes do; HKDF-SHA-256 and AES-256-GCM here).
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  scrypt,
} from "node:crypto";
import { AppError } from "../../../protocol/errors.ts";
import type { BackupHeader, KeyDerivation, PassphraseKey } from "./header.ts";
import { FORMAT, invalid } from "./header.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** 128 MiB and about half a second for each guess. */
const COST = { logN: 17, r: 8, p: 1 } as const;
/** What stands before the 32 bytes of a key in its DER form (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/** The pair of a new passphrase. */
export async function makePassphraseKey(passphrase: string): Promise<PassphraseKey> {
  const derivation: KeyDerivation = { salt: randomBytes(KEY_BYTES).toString("base64url"), ...COST };
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const raw = rawPublic(publicKey).toString("base64url");
  const secret = privateKey.export({ format: "der", type: "pkcs8" }).subarray(PRIVATE_PREFIX.length);
  const key = await derive(passphrase, derivation);
  const sealedPrivateKey = seal(key, secret, privateContext(derivation, raw)).toString("base64url");
  return { derivation, publicKey: raw, sealedPrivateKey };
}

/** A new file's key and its header, which tells it to nobody but the passphrase. */
export function makeFileKey(passphraseKey: PassphraseKey): {
  readonly fileKey: Uint8Array;
  readonly header: BackupHeader;
} {
  const fileKey = randomBytes(KEY_BYTES);
  const ephemeral = generateKeyPairSync("x25519");
  const ephemeralPublicKey = rawPublic(ephemeral.publicKey).toString("base64url");
  const theirs = publicFrom(passphraseKey.publicKey);
  const shared = agree(ephemeral.privateKey, theirs, ephemeralPublicKey, passphraseKey.publicKey);
  const sealedFileKey = seal(shared, fileKey, "file key").toString("base64url");
  return { fileKey, header: { format: FORMAT, passphraseKey, ephemeralPublicKey, sealedFileKey } };
}

/**
 * The file's key by its passphrase.
 * @throws {AppError} backup.wrong_passphrase; backup.invalid when the header was put together by somebody else
 */
export async function openFileKey(header: BackupHeader, passphrase: string): Promise<Uint8Array> {
  const { passphraseKey, ephemeralPublicKey, sealedFileKey } = header;
  const secret = await openPrivateKey(passphraseKey, passphrase);
  const ours = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, secret]), format: "der", type: "pkcs8" });
  const shared = agree(ours, publicFrom(ephemeralPublicKey), ephemeralPublicKey, passphraseKey.publicKey);
  const fileKey = open(shared, Buffer.from(sealedFileKey, "base64url"), "file key");
  if (fileKey === null) throw invalid("The beginning of this backup was altered.");
  return fileKey;
}

async function openPrivateKey({ derivation, publicKey, sealedPrivateKey }: PassphraseKey, passphrase: string) {
  const key = await derive(passphrase, derivation);
  const secret = open(key, Buffer.from(sealedPrivateKey, "base64url"), privateContext(derivation, publicKey));
  if (secret === null)
    throw new AppError(
      "backup.wrong_passphrase",
      "This is not the passphrase of this backup, or its beginning was altered. It is the one that was set when the backup was taken.",
    );
  return secret;
}

const privateContext = ({ salt, logN, r, p }: KeyDerivation, publicKey: string): string =>
  JSON.stringify(["private key", salt, logN, r, p, publicKey]);

async function derive(passphrase: string, { salt, logN, r, p }: KeyDerivation): Promise<Buffer> {
  const N = 2 ** logN;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // What is typed twice may come in two spellings of the same letters (NFC and NFD).
  const words = passphrase.normalize("NFC");
  const done = (error: Error | null | undefined, key: Buffer): void => (error ? reject(error) : resolve(key));
  scrypt(words, Buffer.from(salt, "base64url"), KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, done);
  return await promise;
}

/** What the two pairs agree on, bound to both public keys. @throws {AppError} for a public key of low order */
function agree(privateKey: KeyObject, publicKey: KeyObject, ephemeral: string, recipient: string): Uint8Array {
  try {
    const shared = diffieHellman({ privateKey, publicKey });
    return new Uint8Array(hkdfSync("sha256", shared, "causeway backup", `${ephemeral}|${recipient}`, KEY_BYTES));
  } catch (error) {
    throw invalid("The beginning of this backup was altered.", error);
  }
}

const rawPublic = (key: KeyObject): Buffer =>
  key.export({ format: "der", type: "spki" }).subarray(PUBLIC_PREFIX.length);

const publicFrom = (raw: string): KeyObject =>
  createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, Buffer.from(raw, "base64url")]),
    format: "der",
    type: "spki",
  });

function seal(key: Uint8Array, bytes: Uint8Array, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Uint8Array, sealed: Buffer, context: string): Buffer | null {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const opened = decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    // GCM says no more than that it does not fit: another key, or altered.
    return null;
  }
}
