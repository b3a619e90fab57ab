/** Opens a backup into a folder, brings it up to this release and looks whether all of it is there and sound. */
import { mkdir, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../protocol/errors.ts";
import { systemClock } from "../../clock.ts";
import { type Core, openCore } from "../../core.ts";
import { DATABASE_FILE, type Tx } from "../../database/database.ts";
import { createLog } from "../../log.ts";
import { type CopyFacts, readBoxSettings, readCopy, readTrustVersion, settleCopy } from "../copy/store.ts";
import { type ArchivedFile, unpackArchive } from "../format/archive.ts";
import { ByteSource } from "../format/byte-source.ts";
import { openChunks } from "../format/chunks.ts";
import { decodeHeader, headerLength, invalid, PREFIX_BYTES } from "../format/header.ts";
import { openFileKey } from "../format/keys.ts";
import { type Manifest, MAX_MANIFEST_BYTES, readManifest } from "../format/manifest.ts";
import { syncFolder } from "../places/folder.ts";
import { openPlace } from "../places/open-place.ts";
import { full } from "../places/place.ts";
import type { JobContext, JobResult, OpenJob } from "./jobs.ts";

/** Of the whole, the part that fetching and decrypting takes; checking is the rest. */
const UNPACKING = 0.6;
/** More trust bundles than a site publishes between a backup and its restore. */
const TRUST_LEAP = 1000;

type Settle = NonNullable<OpenJob["settle"]>;

/** @throws {AppError} backup.invalid, backup.wrong_passphrase, backup.unreachable, not_found, storage.full */
export async function openBackup(job: OpenJob, context: JobContext): Promise<JobResult<"open">> {
  await mkdir(job.work, { recursive: true, mode: 0o700 });
  const manifest = await unpack(job, context);
  const file = join(job.work, DATABASE_FILE);
  requireCounts(manifest, readFacts(file));
  context.progress(UNPACKING + 0.1);
  await examine(job, manifest);
  context.signal.throwIfAborted();
  if (job.settle !== null) {
    settleCopy(file, readBoxSettings(join(job.settle.directory, DATABASE_FILE)), systemClock.now().toISOString());
    await syncAll(job.work);
  }
  const { takenAt, version, siteName, hostname, counts } = manifest;
  return { takenAt, version, siteName, hostname, counts };
}

async function unpack(job: OpenJob, { progress, signal }: JobContext): Promise<Manifest> {
  await using place = await openPlace(job.place);
  const source = new ByteSource(place.read(job.fileName));
  try {
    const prefix = await source.take(PREFIX_BYTES);
    const read = decodeHeader(prefix, await source.take(headerLength(prefix)));
    const { opening } = job;
    const fileKey =
      "fileKey" in opening
        ? Buffer.from(opening.fileKey, "base64url")
        : await openFileKey(read.header, opening.passphrase);
    let manifest: Manifest | null = null;
    for await (const file of unpackArchive(openChunks(source, { fileKey, digest: read.digest }))) {
      if (file.name === "manifest.json") manifest = readManifest(await gather(file, MAX_MANIFEST_BYTES));
      else await writeFile(file, join(job.work, file.name), signal, (done) => progress(UNPACKING * done));
    }
    if (manifest === null) throw invalid("The backup says nothing of itself.");
    return manifest;
  } finally {
    await source.close();
  }
}

async function gather({ sizeBytes, content }: ArchivedFile, most: number): Promise<Buffer> {
  if (sizeBytes > most) throw invalid("What this backup says of itself is too long.");
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function writeFile(
  { sizeBytes, content }: ArchivedFile,
  path: string,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const handle = await open(path, "wx", 0o600);
  stack.defer(() => handle.close());
  let written = 0;
  for await (const piece of content) {
    signal.throwIfAborted();
    try {
      await handle.write(piece, 0, piece.length);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") throw full(error);
      throw error;
    }
    written += piece.length;
    progress(written / sizeBytes);
  }
}

function readFacts(file: string): CopyFacts {
  try {
    return readCopy(file);
  } catch (error) {
    throw invalid("The database in this backup cannot be read.", error);
  }
}

function requireCounts({ counts }: Manifest, found: CopyFacts): void {
  const names = ["representatives", "jumpClients", "auditRows"] as const;
  const other = names.find((name) => counts[name] !== found[name]);
  if (other !== undefined)
    throw invalid(`The backup promises ${counts[other]} ${words[other]} and holds ${found[other]}.`);
}

const words = { representatives: "accounts", jumpClients: "Jump Clients", auditRows: "rows of the audit log" } as const;

/** As the server would open it: migrations, keys, every page of the file, the audit log's chain. */
async function examine(job: OpenJob, manifest: Manifest): Promise<void> {
  const log = createLog(() => undefined, systemClock.now);
  const options = { directory: job.work, credentialsDirectory: null, clock: systemClock, log, version: job.version };
  await using core = await openCore(options).catch((error: unknown) => {
    throw invalid(
      `The backup does not open: ${error instanceof Error ? error.message : "for an unknown reason"}`,
      error,
    );
  });
  const [damage] = core.database.check();
  if (damage !== undefined) throw invalid(`The database in this backup is damaged: ${damage}.`);
  const verdict = await core.audit.verify(core.database.queries);
  if (!verdict.isIntact) throw invalid(`The audit log in this backup is not whole. ${verdict.problem}`);
  if (job.settle !== null) await settle(core, job.settle, manifest);
}

/** The restored log says whence it came; and Jump Clients, who hold later trust bundles than the backup, take its next. */
async function settle(core: Core, { directory, restorer }: Settle, manifest: Manifest): Promise<void> {
  const { version } = await core.site.trustBundle();
  const present = readTrustVersion(join(directory, DATABASE_FILE), core.site.siteId);
  await core.database.transaction(async (tx) => {
    await core.certificates.publishAbove(tx, Math.max(version, present) + TRUST_LEAP);
    await recordRestore(tx, core, restorer, manifest);
  });
}

async function recordRestore(
  tx: Tx,
  { audit }: Core,
  restorer: Settle["restorer"],
  { takenAt, version }: Manifest,
): Promise<void> {
  const actor =
    restorer === null ? { kind: "system" as const } : { kind: "appliance-administrator" as const, ...restorer };
  const object = { kind: "backup", id: takenAt, name: takenAt };
  const detail = { takenAt, version };
  await audit.record(tx, { action: "backup.restored", outcome: "succeeded", actor, object, detail });
}

async function syncAll(folder: string): Promise<void> {
  for (const name of [DATABASE_FILE, "secret.key"]) {
    const handle = await open(join(folder, name), "r+");
    try {
      await handle.sync();
      if ((await stat(join(folder, name))).size === 0) throw new AppError("backup.invalid", `${name} is empty.`);
    } finally {
      await handle.close();
    }
  }
  await syncFolder(folder);
}
