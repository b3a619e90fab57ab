/** Takes a backup: a consistent copy of the database beside the running server, packed, encrypted, and brought to its place. */
import { rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../protocol/errors.ts";
import { DATABASE_FILE } from "../../database/database.ts";
import { copyDatabase, copySize, readCopy } from "../copy/store.ts";
import { type ArchiveEntry, packArchive } from "../format/archive.ts";
import { sealChunks } from "../format/chunks.ts";
import { encodeHeader, FORMAT } from "../format/header.ts";
import { makeFileKey } from "../format/keys.ts";
import type { Manifest } from "../format/manifest.ts";
import { readFile } from "../places/folder.ts";
import { openPlace } from "../places/open-place.ts";
import { full, type Place, type PlaceWish, type Sink } from "../places/place.ts";
import type { JobContext, JobResult, TakeJob } from "./jobs.ts";

/** Kept free beside what the backup needs: the server writes on meanwhile. */
const RESERVE_BYTES = 64 << 20;
/** Of the whole, the part that copying the database takes. */
const COPYING = 0.3;

export async function takeBackup(job: TakeJob, context: JobContext): Promise<JobResult<"take">> {
  // The place first: nothing is copied for one that cannot be reached.
  await using place = job.place === null ? null : await openPlace(job.place);
  const copy = join(job.work, DATABASE_FILE);
  await requireSpace(job);
  copyOrRefuse(join(job.directory, DATABASE_FILE), copy);
  context.progress(COPYING);
  try {
    const { siteName, hostname, ...counts } = readCopy(copy);
    const { takenAt, version } = job;
    return await write(job, { format: FORMAT, takenAt, version, siteName, hostname, counts }, copy, place, context);
  } finally {
    await rm(copy, { force: true });
  }
}

async function write(
  job: TakeJob,
  manifest: Manifest,
  copy: string,
  place: Place | null,
  { progress, signal, hand }: JobContext,
): Promise<JobResult<"take">> {
  const { fileKey, header } = makeFileKey(job.passphraseKey);
  const { bytes, digest } = encodeHeader(header);
  const databaseBytes = (await stat(copy)).size;
  await using sink = place === null ? handing(hand) : await place.create(job.fileName);
  await sink.write(bytes);
  let sizeBytes = bytes.length;
  for await (const chunk of sealChunks(packArchive(entriesOf(job, manifest, copy, databaseBytes)), {
    fileKey,
    digest,
  })) {
    signal.throwIfAborted();
    await sink.write(chunk);
    sizeBytes += chunk.length;
    progress(Math.min(1, COPYING + (1 - COPYING) * (sizeBytes / databaseBytes)));
  }
  signal.throwIfAborted();
  await sink.finish();
  return { sizeBytes, fileKey: Buffer.from(fileKey).toString("base64url") };
}

function entriesOf(job: TakeJob, manifest: Manifest, copy: string, databaseBytes: number): ArchiveEntry[] {
  const text = Buffer.from(JSON.stringify(manifest));
  const key = Buffer.from(job.secretKey, "base64url");
  return [
    { name: "manifest.json", sizeBytes: text.length, content: once(text) },
    { name: "secret.key", sizeBytes: key.length, content: once(key) },
    { name: "causeway.sqlite", sizeBytes: databaseBytes, content: readFile(copy) },
  ];
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function copyOrRefuse(file: string, copy: string): void {
  try {
    copyDatabase(file, copy);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "SQLITE_FULL") throw full(error);
    throw new AppError("backup.invalid", "The database could not be copied. Run causeway doctor.", { cause: error });
  }
}

/** That the disk takes the copy, and the backup where it goes to the same disk. */
async function requireSpace({ directory, work, place }: TakeJob): Promise<void> {
  const needed = copySize(join(directory, DATABASE_FILE)) * (isOnDisk(place) ? 2 : 1) + RESERVE_BYTES;
  const { bavail, bsize } = await statfs(work);
  if (bavail * bsize < needed)
    throw full(new Error(`a backup needs ${needed} bytes for a while, ${bavail * bsize} are free`));
}

const isOnDisk = (place: PlaceWish | null): boolean => place?.kind === "folder";

const handing = (write: JobContext["hand"]): Sink => ({
  write,
  finish: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
