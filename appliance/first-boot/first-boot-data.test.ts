import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readNoCloud } from "./cloud-init.ts";
import { readSeed } from "./first-boot.ts";
import { withNetwork } from "./first-boot-data.ts";
import { readOvfEnvironment } from "./ovf-environment.ts";

const OVF = `<?xml version="1.0" encoding="UTF-8"?>
<Environment
     xmlns="http://schemas.dmtf.org/ovf/environment/1"
     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
     xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"
     xmlns:ve="http://www.vmware.com/schema/ovfenv"
     oe:id="" ve:vCenterId="vm-42">
   <PlatformSection><Kind>VMware ESXi</Kind><Version>8.0.0</Version></PlatformSection>
   <PropertySection>
         <Property oe:key="causeway.hostname" oe:value="Support.example.com"/>
         <Property oe:key="causeway.address" oe:value="10.40.0.12/24, 2001:db8:40::12/64"/>
         <Property oe:key="causeway.gateway" oe:value="10.40.0.1"/>
         <Property oe:key="causeway.dns" oe:value="10.40.0.53 10.40.0.54"/>
         <Property oe:key="causeway.ntp" oe:value=""/>
         <Property oe:key="vm.vmname" oe:value="Causeway"/>
   </PropertySection>
</Environment>`;

test("the properties that vSphere's import asks for are read", () => {
  expect(readOvfEnvironment(OVF)).toEqual({
    hostname: "support.example.com",
    interfaces: [
      {
        name: null,
        addressing: "static",
        addresses: ["10.40.0.12/24", "2001:db8:40::12/64"],
        gateways: ["10.40.0.1"],
        vlan: null,
      },
    ],
    dnsServers: ["10.40.0.53", "10.40.0.54"],
  });
});

test("empty properties say nothing: DHCP stays", () => {
  expect(readOvfEnvironment(OVF.replaceAll(/oe:value="[^"]*"/gu, 'oe:value=""'))).toEqual({});
});

test("NA3 an environment with entities, of another kind, too large or with hostile values is refused whole", () => {
  const bomb = OVF.replace("<Environment", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<Environment');
  const cases = [
    bomb,
    bomb.replace("Support.example.com", "&b;"),
    OVF.replaceAll("Environment", "Envelope"),
    OVF.replaceAll("PropertySection", "Properties"),
    OVF.replace("Support.example.com", "$(reboot)"),
    OVF.replace("10.40.0.1&quot;", "x").replace("10.40.0.53", "10.40.0.53;reboot"),
    OVF + " ".repeat(70_000),
    OVF.slice(0, 500),
    "",
    "<a>",
    "null",
  ];
  for (const text of cases) expect(readOvfEnvironment(text)).toBeNull();
});

const USER_DATA = `#cloud-config
hostname: support
fqdn: Support.example.com
timezone: Europe/Berlin
ntp:
  servers: [time.example.com, 10.40.0.7]
users:
  - name: somebody
    ssh_authorized_keys: [ssh-ed25519 AAAA]
runcmd: [reboot]
`;
const NETWORK = `network:
  version: 2
  ethernets:
    ens192:
      addresses: [10.40.0.12/24]
      routes: [{to: default, via: 10.40.0.1}]
      nameservers: {addresses: [10.40.0.53], search: [example.com]}
    any:
      match: {macaddress: "00:50:56:00:00:02"}
      dhcp4: true
`;

test("name, addresses, DNS and time of a cloud-init volume are read, and nothing else of it", () => {
  expect(
    readNoCloud({ userData: USER_DATA, metaData: "instance-id: 1\nlocal-hostname: other\n", networkConfig: NETWORK }),
  ).toEqual({
    hostname: "support.example.com",
    timeZone: "Europe/Berlin",
    ntpServers: ["time.example.com", "10.40.0.7"],
    interfaces: [
      { name: "ens192", addressing: "static", addresses: ["10.40.0.12/24"], gateways: ["10.40.0.1"], vlan: null },
      { name: null, addressing: "dhcp", addresses: [], gateways: [], vlan: null },
    ],
    dnsServers: ["10.40.0.53"],
    searchDomains: ["example.com"],
  });
  expect(readNoCloud({ userData: "#cloud-config\n", metaData: "local-hostname: one\n", networkConfig: null })).toEqual({
    hostname: "one",
  });
  expect(readNoCloud({ userData: null, metaData: "", networkConfig: null })).toEqual({});
});

test("NA3 a volume with programs, anchors, tags or hostile values is refused whole", () => {
  const empty = { userData: null, metaData: null, networkConfig: null };
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
    .split("")
    .map((name, index) => `${name}: &${name} [${`*${"abcdefghi"[index]},`.repeat(9)}]`)
    .join("\n")}\n`;
  for (const userData of [
    "#!/bin/sh\nreboot\n",
    "Content-Type: multipart/mixed\n\n--x",
    bomb,
    "hostname: !!binary aGk=\n",
    "hostname: $(reboot)\n",
    "hostname: [a]\n",
    "- a\n",
    "{",
    "x".repeat(70_000),
  ]) {
    expect(readNoCloud({ ...empty, userData })).toBeNull();
  }
  expect(readNoCloud({ ...empty, networkConfig: "version: 1\nconfig: []\n" })).toBeNull();
  expect(readNoCloud({ ...empty, networkConfig: NETWORK.replace("10.40.0.53", "10.40.0.53\\nX=1") })).toBeNull();
});

test("a file of our own goes before cloud-init's; one that cannot be used is told apart from none", () => {
  const own = {
    hostname: "own",
    interfaces: [{ name: null, addressing: "dhcp", addresses: [], gateways: [], vlan: 40 }],
  };
  const files = new Map([
    ["causeway.json", JSON.stringify(own)],
    ["user-data", USER_DATA],
  ]);
  expect(readSeed(files)?.data).toMatchObject({ hostname: "own" });
  expect(readSeed(new Map([["causeway.json", "{"]]))).toEqual({ from: "causeway.json", data: null });
  expect(readSeed(new Map([["causeway.json", '{"hostname":"A B"}']]))?.data).toBeNull();
  expect(readSeed(new Map())).toBeNull();
});

test("an interface without a name is the machine's next; what the data leave out stays", () => {
  const settings = {
    hostname: "causeway",
    interfaces: ["ens192", "ens224"].map((name) => ({
      name,
      addressing: "dhcp" as const,
      addresses: [],
      gateways: [],
      vlan: null,
    })),
    routes: [],
    dnsServers: ["10.0.0.1"],
    searchDomains: [],
  };
  const data = readOvfEnvironment(OVF.replace(/<Property oe:key="causeway.dns"[^>]*>/u, ""))!;
  const result = withNetwork(settings, data);
  expect(result.interfaces.map(({ name, addressing }) => `${name} ${addressing}`)).toEqual([
    "ens192 static",
    "ens224 dhcp",
  ]);
  expect(result.dnsServers).toEqual(["10.0.0.1"]);
});

test("any bytes are first-boot data or none", () => {
  const readers: ((text: string) => unknown)[] = [
    readOvfEnvironment,
    (text) => readNoCloud({ userData: text, metaData: text, networkConfig: text }),
    (text) => readSeed(new Map([["causeway.json", text]])),
  ];
  for (let round = 0; round < 600; round += 1) {
    const source = [OVF, USER_DATA, NETWORK][round % 3]!;
    const bytes = Buffer.from(source);
    for (const at of randomBytes(8)) bytes[Math.floor((at / 256) * bytes.length)] = randomBytes(1)[0]!;
    const text = round % 4 === 0 ? randomBytes(round).toString("latin1") : bytes.toString("latin1");
    for (const read of readers) expect(() => read(text)).not.toThrow();
  }
});
