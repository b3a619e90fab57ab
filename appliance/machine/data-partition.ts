import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { readTextFile } from "../system/durable-file.ts";
import type { Paths } from "../system/paths.ts";

/** How the data partition is mounted now. */
export type DataMount = "writable" | "read-only" | "none";

/**
 * Reads the kernel's list of mounts (proc_pid_mountinfo(5)), where the last one at /data counts. Linux 6.12 calls an ext4
 * that stopped after an error writable there, so that it is also tried.
 */
export function dataMount({ proc, data }: Paths): DataMount {
  const lines = readTextFile(join(proc, "self/mountinfo"))?.split("\n") ?? [];
  const fields = lines.map((line) => line.split(" ")).findLast((words) => words[4] === data);
  if (fields === undefined) return "none";
  const ofFileSystem = fields.at(-1)!.split(",");
  const isReadOnly = fields[5]!.split(",").includes("ro") || ofFileSystem.includes("ro");
  return isReadOnly || refusesWrites(data) ? "read-only" : "writable";
}

/** Gives the folder the times it has. */
function refusesWrites(folder: string): boolean {
  try {
    const { atime, mtime } = statSync(folder);
    utimesSync(folder, atime, mtime);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && (error.code === "EROFS" || error.code === "EIO");
  }
}

/** Why data cannot be written, for people; null where it can. */
export function dataReadOnlyReason(paths: Paths): string | null {
  const noted = readTextFile(paths.dataProblem)?.trim() ?? "";
  if (noted !== "") return noted;
  const mount = dataMount(paths);
  if (mount === "writable") return null;
  return mount === "none"
    ? "The data partition is not mounted."
    : "The data partition reported errors while running, so it can only be read until it is repaired.";
}
