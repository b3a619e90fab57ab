import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkSettings } from "../../protocol/appliance/network-settings.ts";
import { networkdUnits, resolvedDropIn } from "./networkd-units.ts";

const settings: NetworkSettings = {
  hostname: "support.example.com",
  interfaces: [
    {
      name: "ens192",
      addressing: "static",
      addresses: ["10.40.0.12/24", "2001:db8:40::12/64"],
      gateways: ["10.40.0.1", "fe80::1"],
      vlan: null,
    },
    { name: "ens224", addressing: "dhcp", addresses: [], gateways: [], vlan: 4094 },
    { name: "enp130s0f1np12", addressing: "static", addresses: ["192.0.2.7/32"], gateways: [], vlan: 77 },
    { name: "eth3", addressing: "off", addresses: [], gateways: [], vlan: null },
  ],
  routes: [
    { destination: "10.50.0.0/16", gateway: "10.40.0.2", interface: "ens192" },
    { destination: "2001:db8:50::/48", gateway: "2001:db8:40::2", interface: "ens192" },
  ],
  dnsServers: ["10.40.0.53", "2001:db8::53"],
  searchDomains: ["example.com", "corp.example.com"],
};

test("static addresses, gateways and routes stand in one file", () => {
  expect(networkdUnits(settings).get("10-causeway-00.network")).toBe(`[Match]
Name=ens192

[Network]
Address=10.40.0.12/24
Address=2001:db8:40::12/64
Gateway=10.40.0.1
Gateway=fe80::1
LLMNR=no
MulticastDNS=no

[Route]
Destination=10.50.0.0/16
Gateway=10.40.0.2
GatewayOnLink=yes

[Route]
Destination=2001:db8:50::/48
Gateway=2001:db8:40::2
GatewayOnLink=yes
`);
});

test("a VLAN is an interface of its own, with a name the kernel takes", () => {
  const units = networkdUnits(settings);
  expect(units.get("10-causeway-01-vlan.netdev")).toBe("[NetDev]\nName=ens224.4094\nKind=vlan\n\n[VLAN]\nId=4094\n");
  expect(units.get("10-causeway-01.network")).toContain("VLAN=ens224.4094\nLinkLocalAddressing=no");
  expect(units.get("10-causeway-02-vlan.netdev")).toContain("Name=vlan2.77\n");
});

test("DNS servers and domains of one's own are a drop-in; without them there is none", () => {
  expect(resolvedDropIn(settings)).toBe(
    "[Resolve]\nDNS=10.40.0.53 2001:db8::53\nDomains=example.com corp.example.com\n",
  );
  expect(resolvedDropIn({ ...settings, dnsServers: [], searchDomains: [] })).toBeNull();
});

/** Starts Debian's networkd for a moment on these files, in a network and a /run of its own. @returns what it says of them */
function networkdSays(units: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "causeway-units-"));
  try {
    for (const [name, text] of units) writeFileSync(join(folder, name), text);
    const program =
      'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/network && cp "$1"/* /run/systemd/network/ && ' +
      "SYSTEMD_LOG_TARGET=console timeout 2 /usr/lib/systemd/systemd-networkd";
    const { stdout, stderr } = Bun.spawnSync(["unshare", "--net", "--mount", "sh", "-c", program, "sh", folder]);
    return `${stdout.toString()}${stderr.toString()}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("Debian's networkd reads every line of them", () => {
  const says = networkdSays(networkdUnits(settings));
  expect(says).toContain("Enumeration completed");
  expect(says.split("\n").filter((line) => line.includes("/run/systemd/network/"))).toEqual([]);
  // It does tell of a line that it does not know.
  expect(networkdSays(new Map([["10-x.network", "[Match]\nName=a\n[Network]\nAddress=1.2.3/24\n"]]))).toContain(
    "Invalid address",
  );
});
