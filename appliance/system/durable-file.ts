import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** The most a settings file may hold; a larger one is not read. */
const MAX_SETTINGS_BYTES = 1 << 20;

/**
 * Replaces a file so that a power cut leaves the old text or the new one: written beside it, synced, renamed, and the
 * folder synced.
 */
export function writeDurably(path: string, text: string, mode = 0o600): void {
  const folder = dirname(path);
  const created = mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `.${basename(path)}.unfinished`);
  const file = openSync(unfinished, "w", mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  syncFolder(folder);
  if (created !== undefined) syncFolder(dirname(created));
}

/** Takes a file away for good; one that is not there is fine. */
export function removeDurably(path: string): void {
  if (!existsSync(path)) return;
  rmSync(path);
  syncFolder(dirname(path));
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file's text, or null where there is none. @throws what reading throws otherwise */
export function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isNoSuchFile(error)) return null;
    throw error;
  }
}

function isNoSuchFile(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Settings that were written as JSON; null where there are none, where they no longer have this shape, or where the disk fails. */
export function readSettings<T extends TSchema>(path: string, schema: T): Static<T> | null {
  const value = parseJsonFile(path);
  return Value.Check(schema, value) ? value : null;
}

/** Writes settings as JSON, durably. */
export function writeSettings(path: string, value: object): void {
  writeDurably(path, `${JSON.stringify(value, null, 2)}\n`);
}

function parseJsonFile(path: string): unknown {
  try {
    const text = readTextFile(path);
    return text === null || text.length > MAX_SETTINGS_BYTES ? undefined : JSON.parse(text);
  } catch {
    // Damaged: no shape fits, and the caller falls back to what is right without settings.
    return undefined;
  }
}
