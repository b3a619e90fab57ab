import { existsSync } from "node:fs";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { checkTimeSettings, ClockSettings } from "../clock/clock-settings.ts";
import { interfaceNames } from "../network/interfaces.ts";
import { readNetworkSettings, writeNetworkSettings } from "../network/network-settings-file.ts";
import { checkNetworkSettings } from "../network/settings-check.ts";
import { writeDurably, writeSettings } from "../system/durable-file.ts";
import type { System } from "../system/system.ts";
import { readNoCloud } from "./cloud-init.ts";
import { FirstBootData, withNetwork, withTime } from "./first-boot-data.ts";
import { readOvfEnvironment } from "./ovf-environment.ts";
import { readSeedVolume, type SeedFiles } from "./seed-volume.ts";

/** Data that were found, and where. */
interface Found {
  readonly from: string;
  /** null: there is something, but it cannot be used. */
  readonly data: FirstBootData | null;
}

/** Takes first-boot data over, once: later starts do not look, until a factory reset. */
export async function applyFirstBoot(system: System): Promise<void> {
  const done = join(system.paths.settings, "first-boot-done");
  if (existsSync(done)) return;
  // A CD that the hypervisor attached may not be known yet.
  await system.commands.attempt("udevadm", ["settle", "--timeout=10"]);
  const found = await findData(system);
  if (found !== null) applyData(system, found);
  writeDurably(done, `${found?.from ?? "nothing"}\n`);
}

/** A file on a volume goes before what the hypervisor says: whoever attached it meant it. */
async function findData(system: System): Promise<Found | null> {
  const files = await readSeedVolume(system);
  if (files !== null) return readSeed(files);
  const environment = await ovfEnvironment(system);
  return environment === null ? null : { from: "the OVF properties", data: readOvfEnvironment(environment) };
}

/** What the files of a volume say; our own file goes before cloud-init's. */
export function readSeed(files: SeedFiles): Found | null {
  const own = files.get("causeway.json");
  if (own !== undefined) return { from: "causeway.json", data: readOwnFile(own) };
  if (files.size === 0) return null;
  const file = (name: string): string | null => files.get(name) ?? null;
  const noCloud = { userData: file("user-data"), metaData: file("meta-data"), networkConfig: file("network-config") };
  return { from: "cloud-init's files", data: readNoCloud(noCloud) };
}

function readOwnFile(text: string): FirstBootData | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(FirstBootData, value) ? value : null;
  } catch {
    // No JSON: there is something, but it cannot be used.
    return null;
  }
}

async function ovfEnvironment(system: System): Promise<string | null> {
  const { output: virtualization } = await system.commands.attempt("detectVirtualization", ["--vm"]);
  if (virtualization.trim() !== "vmware") return null;
  const { exitCode, output } = await system.commands.attempt("vmwareRpc", ["info-get guestinfo.ovfEnv"]);
  return exitCode === 0 && output.trim() !== "" ? output : null;
}

/** Each part is taken over whole or not at all; what cannot be used is told and left out. */
function applyData(system: System, { from, data }: Found): void {
  if (data === null) {
    system.log(`First-boot data of ${from} do not have the right form and were left out.`);
    return;
  }
  attempt(system, from, () => {
    const settings = withNetwork(readNetworkSettings(system.paths), data);
    checkNetworkSettings(settings, interfaceNames(system.paths));
    writeNetworkSettings(system.paths, settings);
  });
  attempt(system, from, () => {
    const settings = withTime(new ClockSettings(system).settings, data);
    checkTimeSettings(settings);
    writeSettings(join(system.paths.settings, "time.json"), settings);
  });
  system.log(`First-boot data were taken from ${from}.`);
}

function attempt(system: System, from: string, part: () => void): void {
  try {
    part();
  } catch (error) {
    system.log(`First-boot data of ${from}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
