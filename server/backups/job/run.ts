/** The job's own process: reads what to do, does it, says how it went. */
import { write } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../../protocol/errors.ts";
import { DATABASE_FILE } from "../../database/database.ts";
import { checkFile } from "../../database/file-check.ts";
import { readHostKey } from "../places/sftp.ts";
import { openPlace } from "../places/open-place.ts";
import { type PlaceWish, unreachable } from "../places/place.ts";
import { BackupJob, type JobContext, type JobLine } from "./jobs.ts";
import { openBackup } from "./open-backup.ts";
import { takeBackup } from "./take.ts";

const MAX_JOB_BYTES = 1 << 20;
const PROGRESS_EVERY_MS = 200;
const STANDARD_OUTPUT = 1;
/** Whoever works in a session goes before a backup. */
const NICENESS = 10;
const writeTo = promisify(write);

/**
 * Does the one job standard input asks for. Its end before the job's end means that nobody wants it any more.
 * @param tell writes a line to standard error
 * @returns the exit status
 */
export async function runBackupJob(input: ReadableStream<Uint8Array>, tell: (line: string) => void): Promise<number> {
  const say = (line: JobLine): void => tell(JSON.stringify(line));
  const unwanted = new AbortController();
  try {
    setPriority(NICENESS);
    const job = await readJob(input, unwanted);
    let toldAt = 0;
    const progress = (done: number): void => {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      say({ kind: "progress", done: Math.max(0, Math.min(1, done)) });
    };
    say({ kind: "done", result: await run(job, { progress, signal: unwanted.signal, hand }) });
    return 0;
  } catch (error) {
    if (unwanted.signal.aborted) return 1;
    if (error instanceof AppError) say({ kind: "refused", code: error.code, message: error.message });
    else tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

async function run(job: BackupJob, context: JobContext): Promise<unknown> {
  switch (job.kind) {
    case "take":
      return await takeBackup(job, context);
    case "open":
      return await openBackup(job, context);
    case "fetch": {
      await using place = await openPlace(job.place);
      for await (const piece of place.read(job.fileName)) {
        context.signal.throwIfAborted();
        await context.hand(piece);
      }
      return {};
    }
    case "remove": {
      await using place = await openPlace(job.place);
      await place.remove(job.fileName);
      return {};
    }
    case "probe":
      return await probe(job.place, job.fileName);
    case "host-key":
      if (job.place.kind !== "sftp") throw new Error("only SFTP has host keys");
      return { hostKey: await readHostKey(job.place) };
    case "check":
      return { problems: checkFile(join(job.directory, DATABASE_FILE), context.progress) };
  }
}

/** Writes, reads and removes a small file. */
async function probe(wish: PlaceWish, name: string): Promise<Record<never, never>> {
  await using place = await openPlace(wish);
  const written = Buffer.from(`A test of this place for backups: ${name}\n`);
  {
    await using sink = await place.create(name);
    await sink.write(written);
    await sink.finish();
  }
  const read: Uint8Array[] = [];
  for await (const piece of place.read(name)) read.push(piece);
  await place.remove(name);
  if (!Buffer.concat(read).equals(written)) throw unreachable("What was written came back as something else", name);
  return {};
}

async function readJob(input: ReadableStream<Uint8Array>, unwanted: AbortController): Promise<BackupJob> {
  const reader = input.getReader();
  let text = "";
  const decoder = new TextDecoder();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done || text.length > MAX_JOB_BYTES) throw new Error("No job came.");
    text += decoder.decode(value, { stream: true });
  }
  const job: unknown = JSON.parse(text.slice(0, text.indexOf("\n")));
  if (!Value.Check(BackupJob, job)) throw new Error("What came is no job.");
  // Until it ends, standard input only says that the job is still wanted.
  void reader.read().then(
    () => unwanted.abort(new Error("Nobody wants the job any more.")),
    () => unwanted.abort(new Error("Nobody wants the job any more.")),
  );
  return job;
}

async function hand(bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += (await writeTo(STANDARD_OUTPUT, bytes, offset, bytes.length - offset)).bytesWritten;
    } catch (error) {
      // A pipe that does not wait: whoever reads is slow.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      await Bun.sleep(1);
    }
  }
}
