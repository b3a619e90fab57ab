import type { InterfaceSettings, NetworkSettings } from "../../protocol/appliance/network-settings.ts";

/** Names of our files under /run/systemd/network; before the image's own 80-any.network. */
export const UNIT_PREFIX = "10-causeway-";
/** The kernel's limit for an interface's name. */
const MAX_INTERFACE_NAME = 15;

/** systemd-networkd's files for these settings, by name. Everything in them was checked by shape and by meaning. */
export function networkdUnits(settings: NetworkSettings): ReadonlyMap<string, string> {
  return new Map(settings.interfaces.flatMap((one, index) => filesOf(one, index, settings)));
}

function filesOf(one: InterfaceSettings, index: number, settings: NetworkSettings): [string, string][] {
  const file = `${UNIT_PREFIX}${String(index).padStart(2, "0")}`;
  if (one.addressing === "off") {
    return [[`${file}.network`, `${match(one.name)}\n[Link]\nActivationPolicy=always-down\nRequiredForOnline=no\n`]];
  }
  if (one.vlan === null) return [[`${file}.network`, `${match(one.name)}\n${addressing(one, settings)}`]];
  const name = vlanName(one, index);
  const carrier = `${match(one.name)}\n[Network]\nVLAN=${name}\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`;
  return [
    [`${file}-vlan.netdev`, `[NetDev]\nName=${name}\nKind=vlan\n\n[VLAN]\nId=${one.vlan}\n`],
    [`${file}.network`, carrier],
    [`${file}-vlan.network`, `${match(name)}\n${addressing(one, settings)}`],
  ];
}

/** What carries the addresses: the interface itself, or the VLAN on it. */
export function vlanName({ name, vlan }: InterfaceSettings, index: number): string {
  const usual = `${name}.${vlan}`;
  return usual.length <= MAX_INTERFACE_NAME ? usual : `vlan${index}.${vlan}`;
}

const match = (name: string): string => `[Match]\nName=${name}\n`;

function addressing(one: InterfaceSettings, { routes }: NetworkSettings): string {
  const lines = [
    "[Network]",
    ...(one.addressing === "dhcp" ? ["DHCP=yes"] : staticLines(one)),
    "LLMNR=no",
    "MulticastDNS=no",
  ];
  const dhcp = one.addressing === "dhcp" ? ["", "[DHCPv4]", "UseHostname=no", "[DHCPv6]", "UseHostname=no"] : [];
  const own = routes.filter((route) => route.interface === one.name);
  const routeLines = own.flatMap(({ destination, gateway }) => [
    "",
    "[Route]",
    `Destination=${destination}`,
    `Gateway=${gateway}`,
    "GatewayOnLink=yes",
  ]);
  return `${[...lines, ...dhcp, ...routeLines].join("\n")}\n`;
}

function staticLines({ addresses, gateways }: InterfaceSettings): string[] {
  const hasIpv6 = addresses.some((address) => address.includes(":"));
  const autoIpv6 = hasIpv6 ? [] : ["IPv6AcceptRA=no"];
  return [
    ...addresses.map((address) => `Address=${address}`),
    ...gateways.map((gateway) => `Gateway=${gateway}`),
    ...autoIpv6,
  ];
}

/** systemd-resolved's drop-in for servers and domains beside those of DHCP; null where there are none. */
export function resolvedDropIn({ dnsServers, searchDomains }: NetworkSettings): string | null {
  if (dnsServers.length === 0 && searchDomains.length === 0) return null;
  const servers = dnsServers.length > 0 ? [`DNS=${dnsServers.join(" ")}`] : [];
  const domains = searchDomains.length > 0 ? [`Domains=${searchDomains.join(" ")}`] : [];
  return `${["[Resolve]", ...servers, ...domains].join("\n")}\n`;
}
