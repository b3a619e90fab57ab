import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Replaces a file of this start (under /run) that services with users of their own read, whatever our umask is. They see the
 * old text or the new one; after the next start it is gone.
 */
export function writeShared(path: string, text: string): void {
  const folder = dirname(path);
  const created = mkdirSync(folder, { recursive: true });
  if (created !== undefined) chmodSync(folder, 0o755);
  const unfinished = join(folder, `.${basename(path)}.unfinished`);
  writeFileSync(unfinished, text);
  chmodSync(unfinished, 0o644);
  renameSync(unfinished, path);
}
