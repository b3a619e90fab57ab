/** Backups in a folder of the appliance's own disk. */
import { type FileHandle, open, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { full, gone, type Place, type PlaceWishOf, type Sink, unreachable } from "./place.ts";

const READ_BYTES = 1 << 20;
/** Brought to the disk so often: gigabytes that wait to be written would hold up the server's own commits. */
const SYNC_BYTES = 32 << 20;
/** What a file is called while it is being written. */
export const UNFINISHED = ".part";

/** Made when it is not there; only its owner may look into it. */
export async function openFolder({ path }: PlaceWishOf<"folder">): Promise<Place> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unreachable("The folder for backups cannot be made", error);
  });
  return {
    create: (name) => createFile(join(path, name)),
    read: (name) => readFile(join(path, name)),
    remove: (name) => rm(join(path, name), { force: true }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function createFile(file: string): Promise<Sink> {
  const part = `${file}${UNFINISHED}`;
  await rm(part, { force: true });
  const handle = await open(part, "wx", 0o600).catch((error: unknown) => {
    throw diskError(error);
  });
  let isFinished = false;
  let unsynced = 0;
  return {
    async write(bytes) {
      await writeAll(handle, bytes);
      unsynced += bytes.length;
      if (unsynced < SYNC_BYTES) return;
      unsynced = 0;
      await handle.datasync().catch((error: unknown) => {
        throw diskError(error);
      });
    },
    async finish() {
      await handle.sync().catch((error: unknown) => {
        throw diskError(error);
      });
      await rename(part, file);
      await syncFolder(dirname(file));
      isFinished = true;
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
      if (!isFinished) await rm(part, { force: true });
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    for (let offset = 0; offset < bytes.length;)
      offset += (await handle.write(bytes, offset, bytes.length - offset)).bytesWritten;
  } catch (error) {
    throw diskError(error);
  }
}

/** The file's bytes, a MiB at a time. */
export async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file, "r").catch((error: unknown) => {
    throw isCode(error, "ENOENT") ? gone(file.slice(file.lastIndexOf("/") + 1)) : diskError(error);
  });
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** What was made, renamed or removed in a folder is so after a power cut too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

const diskError = (error: unknown): Error =>
  isCode(error, "ENOSPC") || isCode(error, "EDQUOT") ? full(error) : unreachable("The disk could not be used", error);
