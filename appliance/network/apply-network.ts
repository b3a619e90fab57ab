import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NetworkSettings } from "../../protocol/appliance/network-settings.ts";
import { writeShared } from "../system/shared-file.ts";
import type { Paths } from "../system/paths.ts";
import type { System } from "../system/system.ts";
import { networkdUnits, resolvedDropIn, UNIT_PREFIX, vlanName } from "./networkd-units.ts";

const RESOLVED_FILE = "causeway.conf";

/** Writes what networkd and resolved read, and sets the host name. Before the network starts, this is all there is to do. */
export function writeNetworkFiles(paths: Paths, settings: NetworkSettings): void {
  const files = existsSync(paths.networkUnits) ? readdirSync(paths.networkUnits) : [];
  for (const name of files.filter((file) => file.startsWith(UNIT_PREFIX))) rmSync(join(paths.networkUnits, name));
  for (const [name, text] of networkdUnits(settings)) writeShared(join(paths.networkUnits, name), text);
  const dropIn = resolvedDropIn(settings);
  if (dropIn === null) rmSync(join(paths.resolvedDropIns, RESOLVED_FILE), { force: true });
  else writeShared(join(paths.resolvedDropIns, RESOLVED_FILE), dropIn);
  writeFileSync(join(paths.proc, "sys/kernel/hostname"), settings.hostname);
}

/** Makes settings hold at once. @param former what held before: its VLANs go where the new settings have none of them */
export async function applyNetwork(system: System, settings: NetworkSettings, former: NetworkSettings): Promise<void> {
  writeNetworkFiles(system.paths, settings);
  const { commands } = system;
  const vlans = new Set(vlanNames(settings));
  for (const name of vlanNames(former).filter((one) => !vlans.has(one))) {
    // It may never have come up; what matters is that it is not there after.
    await commands.attempt("networkctl", ["delete", name]);
  }
  await commands.run("networkctl", ["reload"]);
  for (const name of new Set([...former.interfaces, ...settings.interfaces].map((one) => one.name))) {
    // An interface that was taken out of the machine cannot be told.
    await commands.attempt("networkctl", ["reconfigure", name]);
  }
  await commands.run("systemctl", ["reload-or-restart", "systemd-resolved.service"]);
}

function vlanNames(settings: NetworkSettings): string[] {
  return settings.interfaces.flatMap((one, index) => (one.vlan === null ? [] : [vlanName(one, index)]));
}
