import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { promisify } from "node:util";
import { agentProof } from "../../protocol/hello.ts";

/** What stands before the 32 key bytes in an Ed25519 SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** With a callback the signature is checked beside the event loop: a fleet that comes back would fill a quarter of it. */
const verifyAside = promisify(
  (message: Uint8Array, key: KeyObject, signature: Uint8Array, done: (error: Error | null, isRight: boolean) => void) =>
    verify(null, message, key, signature, done),
);

/**
 * Whether an agent holds the private half of `publicKey` (base64url, 32 bytes): `signature` (base64url, 64 bytes) is over
 * this site's id and the nonce it was given on this very connection, so it is worth nothing anywhere else.
 */
export async function isProvedBy(
  siteId: string,
  nonce: string,
  publicKey: string,
  signature: string,
): Promise<boolean> {
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, "base64url")]),
      format: "der",
      type: "spki",
    });
    return await verifyAside(agentProof(siteId, nonce, publicKey), key, Buffer.from(signature, "base64url"));
  } catch (error) {
    // A point that is no key is a failed proof; anything else is not expected here and must be seen.
    if (error instanceof Error) return false;
    throw error;
  }
}
