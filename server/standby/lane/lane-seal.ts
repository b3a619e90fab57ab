/** One direction of a lane: AES-256-GCM, each message under the next number. What is cut, moved or repeated does not open. */
import { createCipheriv, createDecipheriv } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

export class LaneSeal {
  #count = 0n;
  constructor(private readonly key: Uint8Array) {}

  seal(message: Uint8Array): Uint8Array<ArrayBuffer> {
    const cipher = createCipheriv("aes-256-gcm", this.key, this.#nextIv());
    // In this mode all that is sealed comes out of update().
    const sealed = new Uint8Array(message.length + TAG_BYTES);
    sealed.set(cipher.update(message));
    cipher.final();
    sealed.set(cipher.getAuthTag(), message.length);
    return sealed;
  }

  /** null: it is not the very next message of this lane. */
  open(sealed: Uint8Array): Uint8Array | null {
    if (sealed.length < TAG_BYTES) return null;
    const decipher = createDecipheriv("aes-256-gcm", this.key, this.#nextIv(), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
    } catch {
      // Altered, or out of its place: the reason is of use to whoever altered it alone.
      return null;
    }
  }

  #nextIv(): Uint8Array {
    const iv = Buffer.alloc(IV_BYTES);
    iv.writeBigUInt64BE(this.#count, IV_BYTES - 8);
    this.#count += 1n;
    return iv;
  }
}
