import { readFileSync } from "node:fs";

/** The text of a system file; empty when it is not there or may not be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A computer lacks what it lacks: the snapshot then says nothing of it.
    return "";
  }
}
