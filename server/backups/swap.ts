/**
 * Puts a restored database and its secret key in the place of those that are there: before anything is opened, in renames
 * within one folder. INVARIANT: a power cut after any of them leaves the old state or one that the next start goes on
 * from; nothing is opened in between.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_FILE } from "../database/database.ts";
import { lockForServing } from "../database/data-directory.ts";
import { KEY_FILE } from "../secrets/secrets.ts";

/** What waits to be put in place at the next start; made by one rename, so it is whole or not there. */
export const PENDING = "restore-pending";
/** What was there before the last restore, until the next good backup. */
export const PREVIOUS = "before-restore";
const LEAVING = "before-restore-coming";
/** In PENDING: from now on there is only forwards. */
const BEGUN = "begun";
const WRITE_AHEAD_LOG = `${DATABASE_FILE}-wal`;
const SHARED_MEMORY = `${DATABASE_FILE}-shm`;

/**
 * Does what waits, if anything does.
 * @returns whether something was put in place
 * @throws {Error} when another process serves from the directory
 */
export function putPendingInPlace(directory: string): boolean {
  if (!existsSync(join(directory, PENDING))) return false;
  using _lock = lockForServing(directory);
  for (const _step of swapSteps(directory));
  return true;
}

/** Each yield is a moment at which the power may fail. */
export function* swapSteps(directory: string): Generator<void> {
  const at = (...parts: string[]): string => join(directory, ...parts);
  if (!existsSync(at(PENDING, BEGUN))) {
    rmSync(at(LEAVING), { recursive: true, force: true });
    yield;
    mkdirSync(at(LEAVING), { mode: 0o700 });
    yield sync(directory);
    writeFileSync(at(PENDING, BEGUN), "", { flush: true });
    yield sync(at(PENDING));
  }
  // A file still waiting means that the one in its place is an old one. The database is put in place before its log, so
  // that a log in place is never taken for the old database's.
  if (existsSync(at(PENDING, DATABASE_FILE)))
    for (const name of [SHARED_MEMORY, WRITE_AHEAD_LOG, DATABASE_FILE]) yield* move(at(name), at(LEAVING, name));
  if (existsSync(at(PENDING, KEY_FILE))) yield* move(at(KEY_FILE), at(LEAVING, KEY_FILE));
  if (existsSync(at(LEAVING))) yield sync(at(LEAVING));
  yield sync(directory);
  for (const name of [KEY_FILE, DATABASE_FILE, WRITE_AHEAD_LOG]) yield* move(at(PENDING, name), at(name));
  yield sync(directory);
  if (existsSync(at(LEAVING))) {
    rmSync(at(PREVIOUS), { recursive: true, force: true });
    yield;
    yield* move(at(LEAVING), at(PREVIOUS));
    sync(directory);
  }
  rmSync(at(PENDING), { recursive: true, force: true });
  yield sync(directory);
}

/** Lets what was there before the last restore come back at the next start; false: it is not kept any more. */
export function letPreviousComeBack(directory: string): boolean {
  if (!existsSync(join(directory, PREVIOUS, DATABASE_FILE)) || existsSync(join(directory, PENDING))) return false;
  renameSync(join(directory, PREVIOUS), join(directory, PENDING));
  sync(directory);
  return true;
}

function* move(from: string, to: string): Generator<void> {
  if (!existsSync(from)) return;
  renameSync(from, to);
  yield;
}

function sync(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
