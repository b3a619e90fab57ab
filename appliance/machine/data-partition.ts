import { join } from "node:path";
import { readTextFile } from "../system/durable-file.ts";
import type { Paths } from "../system/paths.ts";

/** How the data partition is mounted now. */
export type DataMount = "writable" | "read-only" | "none";

/** Reads the kernel's list of mounts (proc_pid_mountinfo(5)); the last one at /data counts. */
export function dataMount({ proc, data }: Paths): DataMount {
  const lines = readTextFile(join(proc, "self/mountinfo"))?.split("\n") ?? [];
  const fields = lines.map((line) => line.split(" ")).findLast((words) => words[4] === data);
  if (fields === undefined) return "none";
  const ofFileSystem = fields.at(-1)!.split(",");
  const isReadOnly = fields[5]!.split(",").includes("ro") || ofFileSystem.includes("ro");
  return isReadOnly ? "read-only" : "writable";
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
