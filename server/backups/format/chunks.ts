/**
 * The encrypted body of a backup. Pure. Chunks of 256 KiB, AES-256-GCM under the file's key; the nonce is the chunk's
 * number and whether it is the last one (STREAM, Hoang, Reyhanitabar, Rogaway and Vizár 2015, §7), and the header's digest
 * is additional data: a chunk that is missing, moved, repeated or of another file does not open. The key belongs to one
 * file, so no nonce is used twice.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { ByteSource } from "./byte-source.ts";
import { invalid } from "./header.ts";

/** Plain bytes of a chunk; only the last one may have fewer. */
export const CHUNK_BYTES = 256 << 10;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
/** Where a nonce says that its chunk is the last. */
const LAST_OFFSET = 11;

/** A file's key and what its chunks are bound to. */
export interface ChunkKey {
  readonly fileKey: Uint8Array;
  readonly digest: Uint8Array;
}

/** The chunks of what comes. */
export async function* sealChunks(plain: AsyncIterable<Uint8Array>, key: ChunkKey): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(plain);
  try {
    for (let number = 0, isLast = false; !isLast; number += 1) {
      const chunk = await source.take(CHUNK_BYTES);
      isLast = await source.isAtEnd();
      yield sealChunk(key, number, isLast, chunk);
    }
  } finally {
    await source.close();
  }
}

/** What was sealed. @throws {AppError} backup.invalid at the first chunk that is not as it was written */
export async function* openChunks(source: ByteSource, key: ChunkKey): AsyncGenerator<Uint8Array> {
  for (let number = 0, isLast = false; !isLast; number += 1) {
    const chunk = await source.take(CHUNK_BYTES + TAG_BYTES);
    isLast = await source.isAtEnd();
    const opened = openChunk(key, number, isLast, chunk);
    if (opened === null) throw damaged(key, number, isLast, chunk);
    yield opened;
  }
}

function damaged(key: ChunkKey, number: number, isLast: boolean, chunk: Buffer): Error {
  const isCut = isLast && (chunk.length < CHUNK_BYTES + TAG_BYTES || openChunk(key, number, false, chunk) !== null);
  return invalid(
    isCut
      ? "The backup ends too early, or its end was altered. Fetch it again, or take another one."
      : "The backup was altered or damaged. Fetch it again, or take another one.",
  );
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeBigUInt64BE(BigInt(number), NONCE_BYTES - 1 - 8);
  nonce[LAST_OFFSET] = isLast ? 1 : 0;
  return nonce;
}

function sealChunk({ fileKey, digest }: ChunkKey, number: number, isLast: boolean, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", fileKey, nonceOf(number, isLast));
  cipher.setAAD(digest);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk({ fileKey, digest }: ChunkKey, number: number, isLast: boolean, chunk: Buffer): Uint8Array | null {
  if (chunk.length < TAG_BYTES) return null;
  const decipher = createDecipheriv("aes-256-gcm", fileKey, nonceOf(number, isLast), { authTagLength: TAG_BYTES });
  decipher.setAAD(digest);
  decipher.setAuthTag(chunk.subarray(chunk.length - TAG_BYTES));
  const opened = decipher.update(chunk.subarray(0, chunk.length - TAG_BYTES));
  try {
    decipher.final();
    return opened;
  } catch {
    // GCM says no more than that it does not fit.
    return null;
  }
}
