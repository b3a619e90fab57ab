/** The content of a large file that is made as it is sent: random slices in an order that shows when two were swapped. */
import { createHash, randomFillSync, randomInt } from "node:crypto";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";

/** Different slices; of so many a chance swap is seen in all but one of 16 cases, and a loss in every one. */
const KINDS = 16;

export interface Slice {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The header Content-Digest. */
  readonly digest: string;
}

/** @param count how many slices the file has. */
export function sliceSource(count: number): { at(index: number): Slice; sha256(): string } {
  const kinds = Array.from({ length: KINDS }, (): Slice => {
    const bytes = randomFillSync(new Uint8Array(SLICE_BYTES));
    return { bytes, digest: `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:` };
  });
  const order = Array.from({ length: count }, () => kinds[randomInt(KINDS)]!);
  return {
    at: (index) => order[index]!,
    /** Of the whole file, base64url. */
    sha256() {
      const hasher = new Bun.CryptoHasher("sha256");
      for (const { bytes } of order) hasher.update(bytes);
      return hasher.digest("base64url");
    },
  };
}
