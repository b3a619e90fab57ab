/** Where the space of the data directory went. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Static } from "@sinclair/typebox";
import type { Storage } from "../../protocol/api/appliance/status.ts";
import type { Database } from "../database/database.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { readDisk } from "./machine-load.ts";
import { alertBelowBytes } from "./parts.ts";
import { oldestAuditRow } from "./store.ts";

type Kind = Static<typeof Storage>["uses"][number]["kind"];
/** A folder of the data directory and what is in it. */
const folders: readonly (readonly [Kind, string])[] = [
  ["backups", "backups"],
  ["updates", "updates"],
  ["recordings", "recordings"],
];
/** More files than this are not counted: none of our folders has as many. */
const MAX_FILES = 100_000;

/** Reads sizes as they are now. */
export async function readStorage(directory: string, database: Database): Promise<Static<typeof Storage>> {
  const disk = readDisk(directory);
  const counted: { kind: Kind; bytes: number }[] = [{ kind: "database", bytes: databaseBytes(directory) }];
  for (const [kind, folder] of folders) counted.push({ kind, bytes: await folderBytes(join(directory, folder)) });
  const known = counted.reduce((sum, { bytes }) => sum + bytes, 0);
  const uses = [...counted, { kind: "other" as const, bytes: Math.max(0, disk.usedBytes - known) }];
  return {
    totalBytes: disk.totalBytes,
    freeBytes: disk.freeBytes,
    uses: uses.filter(({ bytes }) => bytes > 0).toSorted((one, other) => other.bytes - one.bytes),
    alertBelowBytes: alertBelowBytes(disk),
    oldestAuditRowAt: await oldestAuditRow(database.queries),
  };
}

/** The database with its write-ahead log; a file that is not there has size 0. */
function databaseBytes(directory: string): number {
  const sizes = ["", "-wal", "-shm"].map((end) => Bun.file(join(directory, DATABASE_FILE + end)).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function folderBytes(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    let sum = 0;
    for (const entry of entries.slice(0, MAX_FILES))
      if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
    return sum;
  } catch {
    // The folder is not there, or a file of it has just gone: what is not there takes no space.
    return 0;
  }
}
