import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ClockSettings } from "../clock/clock-settings.ts";
import { Firewall } from "../firewall/firewall.ts";
import { applyFirstBoot } from "../first-boot/first-boot.ts";
import { doFactoryReset } from "../machine/factory-reset.ts";
import { prepareData } from "../machine/prepare-data.ts";
import { writeNetworkFiles } from "../network/apply-network.ts";
import { readNetworkSettings } from "../network/network-settings-file.ts";
import { blockDevices } from "../slots/block-device.ts";
import { Slots } from "../slots/slots.ts";
import { readTextFile } from "../system/durable-file.ts";
import type { System } from "../system/system.ts";

/**
 * What is done at each start before the network: the clock, the data partition, first-boot data, and the files that
 * networkd, resolved, chrony and nftables read. A step that fails is told and left out; the machine still comes up as far
 * as its console.
 */
export async function runInit(system: System): Promise<void> {
  const steps: readonly [string, () => Promise<void> | void][] = [
    ["The clock", () => correctClock(system)],
    ["The data partition", () => prepareData(system)],
    ["The factory reset", () => doFactoryReset(system)],
    ["The server's folder", () => makeFolders(system)],
    ["First-boot data", () => applyFirstBoot(system)],
    ["The network's settings", () => writeNetworkFiles(system.paths, readNetworkSettings(system.paths))],
    ["The time servers", () => void new ClockSettings(system).writeSources()],
    ["The firewall", () => new Firewall(system).restore()],
    ["The version's record", () => new Slots(system, blockDevices(system.paths)).noteRunning()],
  ];
  for (const [what, step] of steps) {
    try {
      await step();
    } catch (error) {
      system.log(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** A clock before the release was made is wrong for sure; certificates and sign-ins would be refused by it. */
async function correctClock({ paths, commands, clock, log }: System): Promise<void> {
  const made = statSync(join(paths.release, "version")).mtime;
  if (clock.now() >= made) return;
  log(
    `The clock says ${clock.now().toISOString()}, before this version was made. It is set to ${made.toISOString()} until a time server answers.`,
  );
  await commands.run("date", ["--utc", `--set=@${Math.floor(made.getTime() / 1000)}`]);
}

/** Root's folder is root's alone; the server's is the server's. What the shipped partition has already stays. */
function makeFolders({ paths }: System): void {
  mkdirSync(paths.settings, { recursive: true, mode: 0o700 });
  mkdirSync(paths.run, { recursive: true, mode: 0o755 });
  const owner = ownerOf(readTextFile(paths.users) ?? "", "causeway");
  if (owner === null) return;
  for (const folder of [paths.serverData, paths.updates]) {
    if (existsSync(folder)) continue;
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, 0o700);
    chownSync(folder, owner.user, owner.group);
  }
}

/** A user's and its group's number in /etc/passwd. */
function ownerOf(passwords: string, name: string): { user: number; group: number } | null {
  const fields = passwords
    .split("\n")
    .map((line) => line.split(":"))
    .find((words) => words[0] === name);
  return fields === undefined ? null : { user: Number(fields[2]), group: Number(fields[3]) };
}
