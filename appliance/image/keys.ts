import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The Ed25519 key that bundles and checksums are signed with; the appliance carries its public half as update.pub. */
export class SigningKey {
  readonly #key: KeyObject;

  private constructor(
    key: KeyObject,
    /** True for a key made on this machine for its own builds: such images take no release's updates. */
    readonly isDevelopment: boolean,
  ) {
    this.#key = key;
  }

  /**
   * The release key where one is given, else this machine's own development key, made once.
   * @param releaseKeyFile a PEM file with an Ed25519 private key, or null
   * @throws {Error} where the file holds no such key
   */
  static open(releaseKeyFile: string | null, developmentKeyFile: string): SigningKey {
    if (releaseKeyFile !== null) return new SigningKey(readKey(releaseKeyFile), false);
    if (!existsSync(developmentKeyFile)) makeKey(developmentKeyFile);
    return new SigningKey(readKey(developmentKeyFile), true);
  }

  /** The public half, PEM. */
  get publicPem(): string {
    return createPublicKey(this.#key).export({ type: "spki", format: "pem" }).toString();
  }

  /** 64 bytes over exactly these bytes. */
  sign(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, bytes, this.#key));
  }
}

function readKey(file: string): KeyObject {
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`${file} is not an Ed25519 private key.`);
  return key;
}

function makeKey(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
}
