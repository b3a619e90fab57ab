import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { InterfaceState } from "../../protocol/appliance/network-settings.ts";
import { readTextFile } from "../system/durable-file.ts";
import type { Paths } from "../system/paths.ts";
import type { System } from "../system/system.ts";

/** ARPHRD_ETHER of if_arp.h. */
const ETHERNET = "1";

/** The machine's own network interfaces, without loop-back and what the system makes itself. */
export function interfaceNames({ sys }: Paths): string[] {
  const folder = join(sys, "class/net");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "device")) && read(folder, name, "type") === ETHERNET)
    .sort();
}

/** What of `ip -json address` is read. */
const AddressList = Type.Array(
  Type.Object({
    ifname: Type.String(),
    /** The interface a VLAN lies on. */
    link: Type.Optional(Type.String()),
    addr_info: Type.Array(
      Type.Object({
        local: Type.Optional(Type.String()),
        prefixlen: Type.Integer(),
        scope: Type.Optional(Type.String()),
      }),
    ),
  }),
);

/** Each interface as it is; the addresses of a VLAN stand with the interface it lies on. */
export async function readInterfaces(system: System): Promise<InterfaceState[]> {
  const addresses = await readAddresses(system);
  const folder = join(system.paths.sys, "class/net");
  return interfaceNames(system.paths).map((name) => ({
    name,
    macAddress: read(folder, name, "address") ?? "",
    hasCarrier: read(folder, name, "carrier") === "1",
    speedMbits: positive(read(folder, name, "speed")),
    addresses: addresses.get(name) ?? [],
    receivedBytes: Number(read(folder, name, "statistics/rx_bytes") ?? 0),
    sentBytes: Number(read(folder, name, "statistics/tx_bytes") ?? 0),
  }));
}

async function readAddresses({ commands }: System): Promise<Map<string, string[]>> {
  const list: unknown = JSON.parse(await commands.run("ip", ["-json", "address"]));
  const found = new Map<string, string[]>();
  if (!Value.Check(AddressList, list)) return found;
  for (const { ifname, link, addr_info } of list) {
    const texts = addr_info
      .filter(({ scope }) => scope !== "host")
      .flatMap((one) => (one.local === undefined ? [] : [`${one.local}/${one.prefixlen}`]));
    const name = link ?? ifname;
    found.set(name, [...(found.get(name) ?? []), ...texts]);
  }
  return found;
}

/** An interface's file; null where the kernel has nothing to say, as for the speed of one that is down. */
function read(folder: string, name: string, file: string): string | null {
  try {
    return readTextFile(join(folder, name, file))?.trim() ?? null;
  } catch {
    // EINVAL: the interface is down and has neither carrier nor speed.
    return null;
  }
}

function positive(text: string | null): number | null {
  const number = Number(text ?? Number.NaN);
  return Number.isInteger(number) && number > 0 ? number : null;
}

const RouteList = Type.Array(Type.Object({ gateway: Type.Optional(Type.String()) }));

/** The default gateways of both families, without doubles. */
export async function readGateways({ commands }: System): Promise<string[]> {
  const answers = await Promise.all(
    (["-4", "-6"] as const).map(async (family): Promise<unknown> => {
      const text = await commands.run("ip", [family, "-json", "route", "show", "default"]);
      return text.trim() === "" ? [] : JSON.parse(text);
    }),
  );
  const routes = answers.flatMap((list) => (Value.Check(RouteList, list) ? list : []));
  return [...new Set(routes.flatMap(({ gateway }) => gateway ?? []))];
}

/** The DNS servers that are asked: those of the settings and those of DHCP. */
export function readDnsServers({ resolvConf }: Paths): string[] {
  const lines = readTextFile(resolvConf)?.split("\n") ?? [];
  const servers = lines.flatMap((line) => /^nameserver\s+(\S+)/u.exec(line)?.[1] ?? []);
  return [...new Set(servers)];
}
