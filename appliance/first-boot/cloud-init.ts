import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { FirstBootData, type FirstBootInterface } from "./first-boot-data.ts";

/** A larger file is not read. */
const MAX_BYTES = 64 << 10;

/** The three files of a NoCloud volume (cloud-init's documentation, "NoCloud"); each may be missing. */
export interface NoCloudFiles {
  readonly userData: string | null;
  readonly metaData: string | null;
  readonly networkConfig: string | null;
}

const Text = Type.String({ maxLength: 253 });
const Texts = Type.Array(Text, { maxItems: 64 });
const UserData = Type.Object({
  hostname: Type.Optional(Text),
  fqdn: Type.Optional(Text),
  timezone: Type.Optional(Text),
  ntp: Type.Optional(Type.Object({ servers: Type.Optional(Texts), pools: Type.Optional(Texts) })),
});
const MetaData = Type.Object({ "local-hostname": Type.Optional(Text) });
const Servers = Type.Object({ addresses: Type.Optional(Texts), search: Type.Optional(Texts) });
const Ethernet = Type.Object({
  dhcp4: Type.Optional(Type.Boolean()),
  addresses: Type.Optional(Texts),
  gateway4: Type.Optional(Text),
  gateway6: Type.Optional(Text),
  routes: Type.Optional(Type.Array(Type.Object({ to: Text, via: Text }), { maxItems: 16 })),
  nameservers: Type.Optional(Servers),
  "set-name": Type.Optional(Text),
  match: Type.Optional(Type.Object({ name: Type.Optional(Text) })),
});
/** Version 2, as netplan has it; with or without the outer "network". */
const NetworkConfig = Type.Object({
  version: Type.Literal(2),
  ethernets: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Ethernet)),
});

/**
 * First-boot data of a NoCloud volume: name, addresses, DNS, time; nothing else of cloud-init is done, and no program runs.
 * @returns null where a file is no YAML, or has values without the right shape
 */
export function readNoCloud({ userData, metaData, networkConfig }: NoCloudFiles): FirstBootData | null {
  const user = readAs(UserData, userData);
  const meta = readAs(MetaData, metaData);
  const network = readAs(Type.Union([NetworkConfig, Type.Object({ network: NetworkConfig })]), networkConfig);
  if (user === undefined || meta === undefined || network === undefined) return null;
  const hostname = user?.fqdn ?? user?.hostname ?? meta?.["local-hostname"];
  const ntpServers = [...(user?.ntp?.servers ?? []), ...(user?.ntp?.pools ?? [])];
  const inner = network !== null && "network" in network ? network.network : network;
  const data = {
    ...(hostname === undefined ? {} : { hostname: hostname.toLowerCase() }),
    ...(user?.timezone === undefined ? {} : { timeZone: user.timezone }),
    ...(ntpServers.length === 0 ? {} : { ntpServers }),
    ...networkOf(inner?.ethernets ?? {}),
  };
  return Value.Check(FirstBootData, data) ? data : null;
}

type EthernetConfig = (typeof Ethernet)["static"];

function networkOf(ethernets: Readonly<Record<string, EthernetConfig>>): Partial<FirstBootData> {
  const entries = Object.entries(ethernets);
  const dnsServers = entries.flatMap(([, one]) => one.nameservers?.addresses ?? []);
  const searchDomains = entries.flatMap(([, one]) => one.nameservers?.search ?? []);
  return {
    ...(entries.length === 0 ? {} : { interfaces: entries.map(([id, one]) => interfaceOf(id, one)) }),
    ...(dnsServers.length === 0 ? {} : { dnsServers: [...new Set(dnsServers)] }),
    ...(searchDomains.length === 0 ? {} : { searchDomains: [...new Set(searchDomains)] }),
  };
}

function interfaceOf(id: string, one: EthernetConfig): FirstBootInterface {
  const addresses = one.addresses ?? [];
  const routes = (one.routes ?? []).filter(({ to }) => ["default", "0.0.0.0/0", "::/0"].includes(to));
  const gateways = [one.gateway4, one.gateway6, ...routes.map(({ via }) => via)].filter(
    (gateway) => gateway !== undefined,
  );
  // A pattern, or the match of a hardware address, names no interface: then it is the machine's next one.
  const name = one["set-name"] ?? one.match?.name ?? (one.match === undefined ? id : null);
  const isName = name !== null && /^[a-zA-Z0-9_.-]{1,15}$/u.test(name);
  const isStatic = addresses.length > 0 && one.dhcp4 !== true;
  return {
    name: isName ? name : null,
    addressing: isStatic ? "static" : "dhcp",
    addresses: isStatic ? addresses : [],
    gateways: isStatic ? [...new Set(gateways)] : [],
    vlan: null,
  };
}

/** @returns null where there is no file or nothing in it, undefined where it has another form */
function readAs<T extends TSchema>(schema: T, text: string | null): Static<T> | null | undefined {
  if (text === null || text.trim() === "") return null;
  const value = parseYaml(text);
  if (value === null) return null;
  return Value.Check(schema, value) ? value : undefined;
}

/** Anchors and tags are refused: what this reads has no use for them, and they make small files large. */
function parseYaml(text: string): unknown {
  const isPlain = text.length <= MAX_BYTES && !/(?:^|[\s[{,:-])[&*!][^\s]/mu.test(text);
  if (!isPlain) return undefined;
  try {
    return Bun.YAML.parse(text);
  } catch {
    // No YAML: it has no shape, and the caller says so.
    return undefined;
  }
}
