import { join } from "node:path";
import { writeShared } from "../system/shared-file.ts";
import type { System } from "../system/system.ts";
import { dataMount } from "./data-partition.ts";

const SAFE = "nosuid,nodev,noexec";

/**
 * Looks whether the data partition came up. Where it did not, it is mounted for reading alone, or a notice says that not
 * even this works, and /var lies in memory; what was found is written to `paths.dataProblem` for the server and the console.
 */
export async function prepareData(system: System): Promise<void> {
  const { paths, commands, log } = system;
  if (dataMount(paths) === "writable") return;
  if (dataMount(paths) === "none") {
    const device = join(paths.disks, "data");
    // noload: a journal that cannot be replayed does not keep the rest from being read.
    await commands.attempt("mount", ["-t", "ext4", "-o", `ro,noload,${SAFE}`, device, paths.data]);
  }
  const reason =
    dataMount(paths) === "none"
      ? "The data partition is damaged and cannot be read. Nothing was changed on it."
      : "The data partition is damaged, so it can only be read until it is repaired.";
  log(reason);
  writeShared(paths.dataProblem, `${reason} The console's menu repairs it under "Recovery".\n`);
  await mountVarInMemory(system);
}

/** The services of the system need a /var that can be written; without the data partition it lasts until the next start. */
async function mountVarInMemory({ paths, commands }: System): Promise<void> {
  const { exitCode } = await commands.attempt("mount", [
    "-t",
    "tmpfs",
    "-o",
    `mode=755,size=64M,${SAFE}`,
    "tmpfs",
    paths.varFolder,
  ]);
  if (exitCode === 0) await commands.attempt("tmpfiles", ["--create", `--prefix=${paths.varFolder}`]);
}
