/**
 * Secrets at rest. One 256-bit key, the key-encryption key, opens them all; it lies in a file beside the database or
 * comes as a systemd credential. It protects a copied database or a backup without it, not a stolen data directory.
 *
 * A sealed value is `v1.` and base64url of 12 bytes IV, ciphertext and 16 bytes tag: AES-256-GCM under a key of its own
 * (HKDF-SHA-256 of the key with the value's place), with the place as additional data, so that a value moved to another
 * row or column does not open.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = "v1.";
export const KEY_FILE = "secret.key";
/** The name of the systemd credential (LoadCredential=) that holds the key. */
export const KEY_CREDENTIAL = "causeway.key";

/** Where a sealed value stands. */
export interface Place {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** Seals and opens values, and derives keys that are never kept. */
export class Secrets {
  readonly #key: Uint8Array;
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`the secret key has ${key.length} bytes, it needs ${KEY_BYTES}`);
    this.#key = key;
  }

  seal(place: Place, value: string): string {
    const context = contextOf(place);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.derive(`sealed|${context}`), iv);
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([iv, cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return PREFIX + sealed.toString("base64url");
  }

  /** @throws {Error} when the value was altered, moved, or sealed with another key. */
  open(place: Place, sealed: string): string {
    const context = contextOf(place);
    const bytes = Buffer.from(sealed.slice(PREFIX.length), "base64url");
    if (!sealed.startsWith(PREFIX) || bytes.length < IV_BYTES + TAG_BYTES) throw cannotOpen(context);
    const decipher = createDecipheriv("aes-256-gcm", this.derive(`sealed|${context}`), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    try {
      const opened = [decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString("utf8");
    } catch (error) {
      throw cannotOpen(context, error);
    }
  }

  /** The key itself, for the inside of an encrypted backup and for nothing else. Base64url. */
  keyForBackup(): string {
    return Buffer.from(this.#key).toString("base64url");
  }

  /** 32 bytes that follow from the key and `purpose`: the same each time, and they tell nothing of the key. */
  derive(purpose: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(hkdfSync("sha256", this.#key, "causeway", purpose, KEY_BYTES));
  }
}

const contextOf = ({ table, row, column }: Place): string => JSON.stringify([table, row, column]);

const cannotOpen = (context: string, cause?: unknown): Error =>
  new Error(`The secret at ${context} does not open with this appliance's secret key.`, { cause });

/**
 * The key of the data directory, made at the first start; a systemd credential goes before the file. `isNew`: there is no
 * database yet, so that a new key locks nothing out.
 * @throws {Error} when the key is missing beside a database, has the wrong length, or others may read it.
 */
export function openSecrets(directory: string, credentialsDirectory: string | null, isNew: boolean): Secrets {
  const credential = credentialsDirectory === null ? null : join(credentialsDirectory, KEY_CREDENTIAL);
  if (credential !== null && existsSync(credential)) return new Secrets(readFileSync(credential));
  const file = join(directory, KEY_FILE);
  if (!existsSync(file) && !isNew)
    throw new Error(`${file} is missing; without it the database's secrets do not open. Put it back from its backup.`);
  if (!existsSync(file)) makeKeyFile(file);
  if ((statSync(file).mode & 0o077) !== 0)
    throw new Error(`${file} may be read by others. Set its mode to 0600; it opens every secret of this appliance.`);
  return new Secrets(readFileSync(file));
}

/** Two processes may start at once on a new directory: the link decides whose key it is. */
function makeKeyFile(file: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    unlinkSync(draft);
  }
}
