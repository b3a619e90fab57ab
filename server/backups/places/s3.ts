/** Backups in S3-compatible storage, by Bun's own client: uploads in parts, which are seen together or not at all. */
import { S3Client } from "bun";
import { gone, type Place, type PlaceWishOf, type Sink, unreachable } from "./place.ts";

/** At most 10,000 parts make an object: 160 GB. Up to four are in memory. */
const PART_BYTES = 16 << 20;
const PARTS_UNDER_WAY = 3;
const RETRIES = 3;

export function openS3(wish: PlaceWishOf<"s3">): Place {
  const { endpoint, region, bucket, accessKeyId, secret } = wish;
  const client = new S3Client({
    ...{ endpoint, bucket, accessKeyId, secretAccessKey: secret },
    ...(region === "" ? {} : { region }),
  });
  const folder = wish.prefix.replace(/^\/+|\/+$/gu, "");
  const at = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const problem = (error: unknown) => unreachable(`${endpoint} did not take the request for ${bucket}`, error);
  return {
    create: (name) => Promise.resolve(createObject(client, at(name), problem)),
    read: (name) => readObject(client, at(name), name, problem),
    async remove(name) {
      await client.delete(at(name)).catch((error: unknown) => {
        if (!isMissing(error)) throw problem(error);
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

type Problem = (error: unknown) => Error;

function createObject(client: S3Client, key: string, problem: Problem): Sink {
  const options = {
    partSize: PART_BYTES,
    queueSize: PARTS_UNDER_WAY,
    retry: RETRIES,
    type: "application/octet-stream",
  };
  const writer = client.file(key).writer(options);
  let hasEnded = false;
  return {
    async write(bytes) {
      try {
        await writer.write(bytes);
        await writer.flush();
      } catch (error) {
        throw problem(error);
      }
    },
    async finish() {
      hasEnded = true;
      try {
        await writer.end();
      } catch (error) {
        throw problem(error);
      }
    },
    async [Symbol.asyncDispose]() {
      if (hasEnded) return;
      // The client has no way to give an upload up (measured: end() with an error finishes it), so what is there is ended
      // and removed. For that moment a file is seen that ends too early, which no restore takes.
      await Promise.allSettled([writer.end()]);
      await Promise.allSettled([client.delete(key)]);
    },
  };
}

async function* readObject(client: S3Client, key: string, name: string, problem: Problem): AsyncGenerator<Uint8Array> {
  try {
    yield* client.file(key).stream();
  } catch (error) {
    throw isMissing(error) ? gone(name) : problem(error);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "NoSuchKey" || error.code === "ENOENT");
