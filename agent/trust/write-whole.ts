import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes a file so that after a power cut it is either the old one or the new one. Only its owner reads it, unless told. */
export function writeWhole(path: string, content: string | Uint8Array, mode = 0o600): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, "w", mode);
  try {
    // What is there under that name from an interrupted attempt may have another mode, as may the umask.
    fchmodSync(file, mode);
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  const directory = openSync(dirname(path), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
