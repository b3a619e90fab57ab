/** One direction of a lane: AES-256-GCM, each message under the next number. What is cut, moved or repeated does not open. */
import { createCipheriv, createDecipheriv } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

export class LaneSeal {
  #count = 0n;
  constructor(private readonly key: Uint8Array) {}

  /** @param parts of one message, one after the other */
  seal(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const cipher = createCipheriv("aes-256-gcm", this.key, this.#nextIv());
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const sealed = new Uint8Array(length + TAG_BYTES);
    let at = 0;
    // In this mode all that is sealed comes out of update().
    for (const part of parts) {
      sealed.set(cipher.update(part), at);
      at += part.length;
    }
    cipher.final();
    sealed.set(cipher.getAuthTag(), length);
    return sealed;
  }

  /** null: it is not the very next message of this lane. */
  open(sealed: Uint8Array): Uint8Array | null {
    if (sealed.length < TAG_BYTES) return null;
    const decipher = createDecipheriv("aes-256-gcm", this.key, this.#nextIv(), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    try {
      const opened = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
      // Nothing more comes out of it, but it throws where the tag does not fit.
      decipher.final();
      return opened;
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
