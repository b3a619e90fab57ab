import { createReadStream } from "node:fs";

/** SHA-256 of a file of any size, in lower-case hexadecimal digits. */
export async function fileHash(file: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  return hash.digest("hex");
}
