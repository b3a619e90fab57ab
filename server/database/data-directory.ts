/** The directory that holds all of an appliance's state. */
import { Database as Sqlite, SQLiteError } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const LOCK_FILE = "serve.lock";

/** Makes the directory, readable by its owner alone. */
export function prepareDataDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
}

/**
 * Holds the directory for one serving process until disposed. The lock is SQLite's own on an empty file: the kernel
 * takes it away with the process, so that a killed server never leaves one behind.
 * @throws {Error} in words for the operator when another process serves from it.
 */
export function lockForServing(directory: string): Disposable {
  const file = join(directory, LOCK_FILE);
  const lock = new Sqlite(file, { create: true, readwrite: true });
  chmodSync(file, 0o600);
  try {
    lock.run("pragma busy_timeout = 0");
    lock.run("pragma locking_mode = exclusive");
    lock.run("begin exclusive");
  } catch (error) {
    lock.close();
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY")
      throw new Error(`Another Causeway already serves from ${directory}. Stop it first.`, { cause: error });
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}
