import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeShared } from "../system/shared-file.ts";
import type { System } from "../system/system.ts";
import { dataMount } from "./data-partition.ts";

const SAFE = "nosuid,nodev,noexec";

/** Systemd's check of the data partition. */
const DATA_CHECK = String.raw`systemd-fsck@dev-disk-by\x2dpartlabel-data.service`;

/** A disk that a busy hypervisor shows late gets one more chance of so long, its check included. */
const SECOND_CHANCE_MS = 120_000;

/**
 * Looks whether the data partition came up, and gives the system its /var: the partition's folder. Where it did not come up,
 * it is mounted for reading alone, or not even that works, and /var lies in memory; what was found is written to
 * `paths.dataProblem` for the server and the console.
 */
export async function prepareData(system: System): Promise<void> {
  const { paths, commands, log } = system;
  if (dataMount(paths) === "none" && !(await isFoundDamaged(system))) {
    await commands.attempt("systemctl", ["start", "data.mount"], { timeoutMs: SECOND_CHANCE_MS });
  }
  if (dataMount(paths) === "writable") return await bindVar(system);
  const reason = await mountForReading(system);
  log(reason);
  writeShared(paths.dataProblem, `${reason}\n`);
  const options = `mode=755,size=64M,${SAFE}`;
  await commands.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", paths.varFolder]);
}

/**
 * Whether the check before the mount gave up. A second one may pass, since the first has put a copy of the superblock in its
 * place, and what is mounted then stops at the first write: only the console's whole check is good enough.
 */
async function isFoundDamaged({ commands }: System): Promise<boolean> {
  const state = await commands.attempt("systemctl", ["show", DATA_CHECK, "--property=ActiveState", "--value"]);
  return state.output.trim() === "failed";
}

/** @returns what is wrong, in words for people */
async function mountForReading({ paths, commands }: System): Promise<string> {
  const device = join(paths.disks, "data");
  if (!existsSync(device)) {
    return "The data partition did not appear. Look in the hypervisor whether the disk is there and answers, then restart.";
  }
  if (dataMount(paths) === "none") {
    // noload: a journal that cannot be replayed does not keep the rest from being read.
    await commands.attempt("mount", ["-t", "ext4", "-o", `ro,noload,${SAFE}`, device, paths.data]);
  }
  return dataMount(paths) === "none"
    ? 'The data partition is damaged and cannot be read. Nothing was changed on it. The console repairs it under "Recovery".'
    : 'The data partition is damaged, so it can only be read until the console repairs it under "Recovery".';
}

async function bindVar({ paths, commands }: System): Promise<void> {
  const folder = join(paths.data, "var");
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  await commands.run("mount", ["--bind", folder, paths.varFolder]);
}
