/**
 * Who sends a message, and what nobody else reads: HMAC-SHA-256 cut to 192 bits (RFC 7860) and AES-128 in CFB (RFC 3826),
 * with keys made from passphrases for one engine alone (RFC 3414, appendix A). Pure but for the salt it is given.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The code of a message. */
export const MAC_BYTES = 24;
const SALT_BYTES = 8;
const CIPHER = "aes-128-cfb";
const CIPHER_KEY_BYTES = 16;
/** So much of the passphrase, over and over, is hashed: what RFC 3414 asks, 3 ms. */
const STRETCHED_BYTES = 1 << 20;

/** Of one user at one engine. */
export interface UserKeys {
  readonly authentication: Buffer;
  readonly privacy: Buffer;
}
/** Where a message's engine is in its life, which every encrypted message is bound to. */
export interface EngineClock {
  readonly boots: number;
  readonly seconds: number;
}

/** What is kept of a passphrase: it opens every engine's key, the passphrase itself is gone. */
export function masterKey(passphrase: string): Buffer {
  const bytes = Buffer.from(passphrase, "utf8");
  const stretched = Buffer.alloc(STRETCHED_BYTES, bytes);
  return createHash("sha256").update(stretched).digest();
}

/** The keys at one engine. */
export function localKeys(masters: UserKeys, engineId: Uint8Array): UserKeys {
  const local = (master: Buffer): Buffer =>
    createHash("sha256").update(master).update(engineId).update(master).digest();
  return {
    authentication: local(masters.authentication),
    privacy: local(masters.privacy).subarray(0, CIPHER_KEY_BYTES),
  };
}

/** The code of a packet, whose own place counts as zeros. */
export function macOf(packet: Uint8Array, macOffset: number, key: Uint8Array): Buffer {
  const hmac = createHmac("sha256", key);
  hmac
    .update(packet.subarray(0, macOffset))
    .update(new Uint8Array(MAC_BYTES))
    .update(packet.subarray(macOffset + MAC_BYTES));
  return hmac.digest().subarray(0, MAC_BYTES);
}

/** Whether a packet was written by somebody who has the key. */
export function isProved(
  packet: Uint8Array,
  message: { mac: Uint8Array; macOffset: number },
  key: Uint8Array,
): boolean {
  const { mac, macOffset } = message;
  return mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(packet, macOffset, key));
}

/** @param salt eight bytes that were never used before with this key and clock */
export function encrypt(plain: Uint8Array, salt: Uint8Array, clock: EngineClock, { privacy }: UserKeys): Buffer {
  const cipher = createCipheriv(CIPHER, privacy, vector(salt, clock));
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** What was encrypted; null: its salt is none. With a wrong key it is noise. */
export function decrypt(
  sealed: Uint8Array,
  salt: Uint8Array,
  clock: EngineClock,
  { privacy }: UserKeys,
): Buffer | null {
  if (salt.length !== SALT_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, privacy, vector(salt, clock));
  return Buffer.concat([decipher.update(sealed), decipher.final()]);
}

/** Salts of one process: they begin anywhere and go on by one, so that none comes twice (RFC 3826, section 3.1.2.1). */
export class Salts {
  #next: bigint;
  constructor(start: bigint) {
    this.#next = start;
  }

  take(): Buffer {
    const salt = Buffer.alloc(SALT_BYTES);
    salt.writeBigUInt64BE(this.#next);
    this.#next = BigInt.asUintN(64, this.#next + 1n);
    return salt;
  }
}

function vector(salt: Uint8Array, { boots, seconds }: EngineClock): Buffer {
  const clock = Buffer.alloc(8);
  clock.writeUInt32BE(boots);
  clock.writeUInt32BE(seconds, 4);
  return Buffer.concat([clock, salt]);
}
