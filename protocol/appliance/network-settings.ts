/**
 * How an appliance is reached: its name, its addresses, its time. One shape for the system helper that applies it, the
 * console menu, first-boot data and the API of /appliance. Text that would reach a file of the system is checked here by
 * shape and by the helper by meaning.
 */
import { type Static, Type } from "@sinclair/typebox";

/** A host name of one or more labels, lower case, as it stands in certificates. */
export const HostName = Type.String({
  maxLength: 253,
  pattern: "^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$",
});
/** IPv4 or IPv6; the helper checks that it is one. */
export const IpAddress = Type.String({ minLength: 2, maxLength: 45, pattern: "^[0-9a-fA-F:.]+$" });
/** An address and its prefix length: "10.40.0.12/24". */
export const IpWithPrefix = Type.String({ minLength: 4, maxLength: 49, pattern: "^[0-9a-fA-F:.]+/[0-9]{1,3}$" });
/** A host name or an address. */
export const HostOrAddress = Type.Union([HostName, IpAddress]);
/** The kernel's name of a network interface. */
export const InterfaceName = Type.String({ minLength: 1, maxLength: 15, pattern: "^[a-zA-Z0-9_.-]+$" });

export const InterfaceSettings = Type.Object({
  name: InterfaceName,
  /** off: the interface is left down. */
  addressing: Type.Union([Type.Literal("dhcp"), Type.Literal("static"), Type.Literal("off")]),
  /** static only. */
  addresses: Type.Array(IpWithPrefix, { maxItems: 8 }),
  /** static only; one for each family at most. */
  gateways: Type.Array(IpAddress, { maxItems: 2 }),
  /** null: untagged. */
  vlan: Type.Union([Type.Integer({ minimum: 1, maximum: 4094 }), Type.Null()]),
});
export type InterfaceSettings = Static<typeof InterfaceSettings>;

export const RouteSettings = Type.Object({ destination: IpWithPrefix, gateway: IpAddress, interface: InterfaceName });
export type RouteSettings = Static<typeof RouteSettings>;

export const NetworkSettings = Type.Object({
  hostname: HostName,
  interfaces: Type.Array(InterfaceSettings, { maxItems: 16 }),
  routes: Type.Array(RouteSettings, { maxItems: 64 }),
  /** Beside those that DHCP gives. */
  dnsServers: Type.Array(IpAddress, { maxItems: 4 }),
  searchDomains: Type.Array(HostName, { maxItems: 6 }),
});
export type NetworkSettings = Static<typeof NetworkSettings>;

export const TimeSettings = Type.Object({
  /** Empty: what DHCP gives, else Debian's pool. */
  ntpServers: Type.Array(HostOrAddress, { maxItems: 8 }),
  /** IANA name; for what the appliance shows and for windows of its own. */
  timeZone: Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_+/-]+$" }),
});
export type TimeSettings = Static<typeof TimeSettings>;

/** One interface as it is now. */
export const InterfaceState = Type.Object({
  name: InterfaceName,
  macAddress: Type.String(),
  hasCarrier: Type.Boolean(),
  /** Mbit/s; null: unknown. */
  speedMbits: Type.Union([Type.Integer(), Type.Null()]),
  addresses: Type.Array(Type.String()),
  receivedBytes: Type.Integer(),
  sentBytes: Type.Integer(),
});
export type InterfaceState = Static<typeof InterfaceState>;

export const NetworkState = Type.Object({
  settings: NetworkSettings,
  interfaces: Type.Array(InterfaceState),
  gateways: Type.Array(Type.String()),
  dnsServers: Type.Array(Type.String()),
  /** Settings that are tried: without confirmation they go back at `revertsAt`. */
  trial: Type.Union([
    Type.Object({ revertsAt: Type.String(), former: NetworkSettings, settings: NetworkSettings }),
    Type.Null(),
  ]),
});
export type NetworkState = Static<typeof NetworkState>;

/** So long new network settings are tried before they go back by themselves, in seconds. */
export const NETWORK_TRIAL_SECONDS = 120;
