import { join } from "node:path";
import { NetworkSettings } from "../../protocol/appliance/network-settings.ts";
import { readSettings, writeSettings } from "../system/durable-file.ts";
import type { Paths } from "../system/paths.ts";
import { interfaceNames } from "./interfaces.ts";

/** The name of an appliance that was given none. */
export const DEFAULT_HOST_NAME = "causeway";

const pathOf = ({ settings }: Paths): string => join(settings, "network.json");

/** The settings that are kept; where there are none, DHCP on every interface. */
export function readNetworkSettings(paths: Paths): NetworkSettings {
  return readSettings(pathOf(paths), NetworkSettings) ?? defaultNetworkSettings(paths);
}

/** What an appliance does that was told nothing. */
export function defaultNetworkSettings(paths: Paths): NetworkSettings {
  const interfaces = interfaceNames(paths).slice(0, 16);
  return {
    hostname: DEFAULT_HOST_NAME,
    interfaces: interfaces.map((name) => ({ name, addressing: "dhcp", addresses: [], gateways: [], vlan: null })),
    routes: [],
    dnsServers: [],
    searchDomains: [],
  };
}

/** Keeps settings over restarts. */
export function writeNetworkSettings(paths: Paths, settings: NetworkSettings): void {
  writeSettings(pathOf(paths), settings);
}
