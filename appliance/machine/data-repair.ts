import { join } from "node:path";
import type { System } from "../system/system.ts";
import { dataMount } from "./data-partition.ts";

/** A check of a large disk takes its time. */
const CHECK_TIMEOUT_MS = 60 * 60_000;
/** e2fsck changes things that a further run finds; this many settle what can be settled. */
const MAX_CHECKS = 3;

/** What became of a repair. */
export type RepairResult = "repaired" | "in use" | "beyond repair";

/** Checks and mends the data partition, and looks whether it can be mounted after. The machine is to be restarted then. */
export async function repairData(system: System): Promise<RepairResult> {
  const { commands, paths } = system;
  if (!(await unmountData(system))) return "in use";
  const device = join(paths.disks, "data");
  for (let check = 0; check < MAX_CHECKS; check += 1) {
    const { exitCode } = await commands.attempt("fsck", ["-f", "-y", device], { timeoutMs: CHECK_TIMEOUT_MS });
    if (exitCode === 0) break;
  }
  const { exitCode } = await commands.attempt("mount", ["-t", "ext4", "-o", "nosuid,nodev,noexec", device, paths.data]);
  if (exitCode !== 0) return "beyond repair";
  await commands.attempt("umount", [paths.data]);
  return "repaired";
}

/** Makes an empty file system where the old one cannot even be read. @returns false: it is in use */
export async function formatData(system: System): Promise<boolean> {
  if (!(await unmountData(system))) return false;
  const words = ["-q", "-F", "-t", "ext4", "-L", "data", "-m", "1", join(system.paths.disks, "data")];
  await system.commands.run("mke2fs", words, { timeoutMs: CHECK_TIMEOUT_MS });
  return true;
}

async function unmountData({ commands, paths }: System): Promise<boolean> {
  const services = ["causeway.service", "causeway-bless.service"];
  await commands.attempt("systemctl", ["stop", ...services], { timeoutMs: 60_000 });
  if (dataMount(paths) === "none") return true;
  // In memory by now, or on the damaged partition itself: either way it has to go first.
  await commands.attempt("umount", ["--lazy", paths.varFolder]);
  const { exitCode } = await commands.attempt("umount", [paths.data]);
  return exitCode === 0;
}
