/** What the page says of interfaces, links, trials and connection tests; and how what is typed is read. Pure. */
import type { Static } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { ConnectionTest } from "../../../protocol/api/appliance/status.ts";
import {
  HostName,
  type InterfaceSettings,
  type InterfaceState,
  IpAddress,
  IpWithPrefix,
  type NetworkSettings,
  type RouteSettings,
} from "../../../protocol/appliance/network-settings.ts";
import { formatBytes } from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";

type State = Static<typeof InterfaceState>;
type Test = Static<typeof ConnectionTest>;

/** "10 Gbit/s", "100 Mbit/s". */
function speedText(mbits: number): string {
  return mbits >= 1000
    ? `${(mbits / 1000).toLocaleString("en", { maximumFractionDigits: 1 })} Gbit/s`
    : `${mbits} Mbit/s`;
}

/** How an interface's link is. */
export function linkState({ hasCarrier, speedMbits, addresses }: State): { state: StonesState; label: string } {
  if (!hasCarrier) return { state: "offline", label: "No link" };
  const label = speedMbits === null ? "Connected" : speedText(speedMbits);
  return { state: addresses.length > 0 ? "live" : "online", label };
}

const addressingWords: Readonly<Record<InterfaceSettings["addressing"], string>> = {
  dhcp: "DHCP",
  static: "Static",
  off: "Not used",
};

/** "Static, VLAN 12" */
export function addressingText(settings: InterfaceSettings | undefined): string {
  if (settings === undefined) return addressingWords.off;
  const word = addressingWords[settings.addressing];
  return settings.vlan === null ? word : `${word}, VLAN ${settings.vlan}`;
}

/** "1.2 GB in, 38 MB out" */
export function trafficText({ receivedBytes, sentBytes }: State): string {
  return `${formatBytes(receivedBytes)} in, ${formatBytes(sentBytes)} out`;
}

/** "10.99.0.0/16 → eth1" */
export const routeText = (route: RouteSettings): string => `${route.destination} → ${route.interface}`;
/** As it is typed: "10.99.0.0/16 10.40.0.1 eth1". */
export const routeLine = (route: RouteSettings): string => `${route.destination} ${route.gateway} ${route.interface}`;

/** Reads such a line; null: it is none. */
export function readRoute(line: string): RouteSettings | null {
  const [destination = "", gateway = "", name = "", ...rest] = line.split(/[\s,]+/u).filter((word) => word !== "via");
  if (rest.length > 0 || name === "") return null;
  if (!Value.Check(IpWithPrefix, destination) || !Value.Check(IpAddress, gateway)) return null;
  return { destination, gateway, interface: name };
}

/** What is wrong with an address, as far as its shape tells; "" for nothing. */
export const addressProblem = (text: string): string =>
  Value.Check(IpAddress, text) ? "" : `“${text}” is no address, such as 10.40.0.53.`;
/** The same for an address with its prefix. */
export const prefixProblem = (text: string): string =>
  Value.Check(IpWithPrefix, text) ? "" : `“${text}” is no address with its prefix, such as 10.40.0.12/24.`;
/** The same for a host name. */
export const hostProblem = (text: string): string =>
  Value.Check(HostName, text) ? "" : `“${text}” is no host name: small letters, digits, hyphens and dots.`;
/** The same for a route. */
export const routeProblem = (text: string): string =>
  readRoute(text) === null ? `“${text}” is no route: network, gateway and interface, with spaces between.` : "";

/** Which interfaces a change is about. */
function changedInterfaces(former: NetworkSettings, settings: NetworkSettings): readonly InterfaceSettings[] {
  return settings.interfaces.filter((entry) => {
    const before = former.interfaces.find(({ name }) => name === entry.name);
    return JSON.stringify(before) !== JSON.stringify(entry);
  });
}

/** What is tried, as a question. */
export function trialTitle(former: NetworkSettings, settings: NetworkSettings): string {
  const [first, ...others] = changedInterfaces(former, settings);
  if (first !== undefined && others.length === 0) return `New settings for ${first.name} are live. Keep them?`;
  return "New network settings are live. Keep them?";
}

/** The address that comes back, where a static one was left; "" otherwise. */
export function formerAddress(former: NetworkSettings, settings: NetworkSettings): string {
  const [changed] = changedInterfaces(former, settings);
  const before = former.interfaces.find(({ name }) => name === changed?.name);
  return before?.addressing === "static" ? (before.addresses[0] ?? "").replace(/\/\d+$/u, "") : "";
}

/**
 * Where the page will be found under new settings; "" where it stays or nobody knows.
 * @param page the page's address: https://10.40.0.11/appliance/network
 * @param states the interfaces before the change
 */
export function newPlace(page: URL, states: readonly State[], settings: NetworkSettings): string {
  const bare = page.hostname.replace(/^\[|\]$/gu, "");
  const under = states.find(({ addresses }) => addresses.some((address) => address.replace(/\/\d+$/u, "") === bare));
  const next = settings.interfaces.find(({ name }) => name === under?.name);
  if (next === undefined || next.addressing !== "static") return "";
  const plain = next.addresses.map((address) => address.replace(/\/\d+$/u, ""));
  const [first] = plain;
  if (first === undefined || plain.includes(bare)) return "";
  const place = new URL(page);
  place.hostname = first.includes(":") ? `[${first}]` : first;
  return place.href;
}

/** What a connection is for. */
export const useTexts: Readonly<Record<Test["use"], string>> = {
  "gateway-address": "Computers and browsers",
  dns: "Names (DNS)",
  time: "Time",
  email: "E-mail",
  provider: "Sign-in",
  syslog: "Syslog",
  backups: "Backups",
  updates: "Updates",
  standby: "Standby",
  acme: "Certificates (ACME)",
};

/** What came of a test. */
export function testState({ health, milliseconds, problem }: Test): { state: StonesState; label: string } {
  const state = ({ ok: "online", attention: "degraded", failed: "lost" } as const)[health];
  if (problem !== "") return { state, label: problem };
  return { state, label: milliseconds === null ? "Reachable" : `Reachable, ${milliseconds} ms` };
}
