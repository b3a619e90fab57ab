import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NetworkSettings } from "../../protocol/appliance/network-settings.ts";
import { runInit } from "../init/init.ts";
import { openTestMachine, type TestMachine } from "../test-system/machine.ts";
import { Network } from "./network.ts";

let machine: TestMachine;
beforeEach(() => (machine = openTestMachine()));
afterEach(() => machine[Symbol.dispose]());

const wanted: NetworkSettings = {
  hostname: "support.example.com",
  interfaces: [
    { name: "ens192", addressing: "static", addresses: ["10.40.0.12/24"], gateways: ["10.40.0.1"], vlan: 40 },
    { name: "ens224", addressing: "off", addresses: [], gateways: [], vlan: null },
  ],
  routes: [{ destination: "10.50.0.0/16", gateway: "10.40.0.2", interface: "ens192" }],
  dnsServers: ["10.40.0.53"],
  searchDomains: ["example.com"],
};

/** Our files that networkd reads now. */
const units = (): string => {
  const folder = machine.paths.networkUnits;
  return existsSync(folder) ? readdirSync(folder).sort().join(" ") : "";
};
const hostName = (): string => readFileSync(join(machine.paths.proc, "sys/kernel/hostname"), "utf8");

test("an appliance that was told nothing asks DHCP on every interface", async () => {
  using network = new Network(machine.system);
  machine.says(
    "ip",
    JSON.stringify([{ ifname: "ens192", addr_info: [{ local: "10.0.2.15", prefixlen: 24, scope: "global" }] }]),
  );
  const { settings, interfaces, trial } = await network.read();
  expect(settings.interfaces.map(({ name, addressing }) => `${name} ${addressing}`)).toEqual([
    "ens192 dhcp",
    "ens224 dhcp",
  ]);
  expect(interfaces[0]).toEqual({
    name: "ens192",
    macAddress: "00:50:56:00:00:01",
    hasCarrier: true,
    speedMbits: 10000,
    addresses: ["10.0.2.15/24"],
    receivedBytes: 1234,
    sentBytes: 567,
  });
  expect(trial).toBeNull();
});

test("settings that are tried hold at once, and over restarts only when they are kept", async () => {
  using network = new Network(machine.system);
  const tried = await network.try(wanted);
  expect(tried.trial?.revertsAt).toBe("2026-11-21T08:02:00.000Z");
  expect(units()).toBe(
    "10-causeway-00-vlan.netdev 10-causeway-00-vlan.network 10-causeway-00.network 10-causeway-01.network",
  );
  expect(hostName()).toBe("support.example.com");
  expect(machine.calls().filter(([program]) => program === "networkctl")).toEqual([
    ["networkctl", "reload"],
    ["networkctl", "reconfigure", "ens192"],
    ["networkctl", "reconfigure", "ens224"],
  ]);
  await expect(network.try(wanted)).rejects.toMatchObject({ code: "network.trial_running" });
  expect((await network.keep()).trial).toBeNull();
  await expect(network.keep()).rejects.toMatchObject({ code: "request.conflict" });
  expect((await network.read()).settings).toEqual(wanted);
});

test("networkd, a user of its own, can read what is written under a strict umask", async () => {
  using network = new Network(machine.system);
  const formerMask = process.umask(0o077);
  try {
    await network.try(wanted);
  } finally {
    process.umask(formerMask);
  }
  const { networkUnits, resolvedDropIns } = machine.paths;
  for (const folder of [networkUnits, resolvedDropIns]) {
    expect(statSync(folder).mode & 0o777).toBe(0o755);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o644);
  }
});

test("settings that are taken back leave nothing, not even their VLAN", async () => {
  using network = new Network(machine.system);
  await network.try(wanted);
  const { settings, trial } = await network.revert();
  expect([settings.hostname, trial]).toEqual(["causeway", null]);
  expect(units()).toBe("10-causeway-00.network 10-causeway-01.network");
  expect(machine.calls()).toContainEqual(["networkctl", "delete", "ens192.40"]);
  expect(hostName()).toBe("causeway");
});

test("a trial goes on where the program was killed meanwhile, and ends in its time", async () => {
  {
    using killed = new Network(machine.system);
    await killed.try(wanted);
  }
  machine.time.uptimeMs += 119_980;
  using next = new Network(machine.system);
  next.resume();
  expect((await next.read()).trial).not.toBeNull();
  await untilTrue(() => hostName() === "causeway");
  await untilTrue(async () => (await next.read()).trial === null);
});

test("a trial whose time passed while nobody ran is taken back at once; a clock that jumps changes nothing", async () => {
  {
    using killed = new Network(machine.system);
    await killed.try(wanted);
  }
  machine.time.nowMs += 10 * 365 * 86_400_000;
  using early = new Network(machine.system);
  early.resume();
  await Bun.sleep(50);
  expect((await early.read()).trial).not.toBeNull();
  early[Symbol.dispose]();
  machine.time.uptimeMs += 300_000;
  using late = new Network(machine.system);
  late.resume();
  await untilTrue(() => hostName() === "causeway");
});

test("a way back that fails is tried again until it works", async () => {
  using network = new Network(machine.system);
  await network.try(wanted);
  machine.fails("networkctl");
  await expect(network.revert()).rejects.toMatchObject({ code: "system.failed" });
  // Still on trial: the next attempt, or the next start, takes it back.
  expect((await network.read()).trial).not.toBeNull();
});

test("after a restart of the machine the former settings hold: the trial was in memory", async () => {
  using network = new Network(machine.system);
  await network.try(wanted);
  // /run is empty after a restart.
  Bun.spawnSync(["rm", "-rf", join(machine.root, "run")]);
  await runInit(machine.system);
  expect(hostName()).toBe("causeway");
  expect((await network.read()).trial).toBeNull();
});

test("settings that mean nothing are refused by the field, and nothing changes", async () => {
  using network = new Network(machine.system);
  const [first, second] = wanted.interfaces as [NetworkSettings["interfaces"][0], NetworkSettings["interfaces"][0]];
  const cases: [Partial<NetworkSettings>, string][] = [
    [{ hostname: `${"a".repeat(60)}.example.com` }, "host name"],
    [{ interfaces: [first, first] }, "twice"],
    [{ interfaces: [{ ...first, name: "eth9" }] }, "eth9"],
    [{ interfaces: [{ ...first, addresses: [] }] }, "needs an address"],
    [{ interfaces: [{ ...first, addresses: ["10.40.0.0/24"] }] }, "10.40.0.0/24"],
    [{ interfaces: [{ ...first, addresses: ["10.40.0.255/24"] }] }, "10.40.0.255/24"],
    [{ interfaces: [{ ...first, addresses: ["10.40.0.12/33"] }] }, "10.40.0.12/33"],
    [{ interfaces: [{ ...first, addresses: ["127.0.0.1/8"] }] }, "127.0.0.1/8"],
    [{ interfaces: [{ ...first, addresses: ["::1/128"] }] }, "::1/128"],
    [{ interfaces: [{ ...first, addresses: [":::/64"] }] }, ":::/64"],
    [{ interfaces: [{ ...first, gateways: ["10.41.0.1"] }] }, "10.41.0.1"],
    [{ interfaces: [{ ...first, gateways: ["10.40.0.12"] }] }, "10.40.0.12"],
    [{ interfaces: [{ ...first, gateways: ["10.40.0.1", "10.40.0.2"] }] }, "two gateways"],
    [{ interfaces: [{ ...first, gateways: ["2001:db8::1"] }] }, "2001:db8::1"],
    [{ interfaces: [first, { ...second, addressing: "static", addresses: ["10.40.0.12/16"] }] }, "twice"],
    [{ interfaces: [{ ...second, addressing: "dhcp", addresses: ["10.40.0.12/24"] }] }, "not static"],
    [{ routes: [{ destination: "10.50.0.0", gateway: "10.40.0.2", interface: "ens192" }] }, "10.50.0.0"],
    [{ routes: [{ destination: "10.50.0.0/16", gateway: "fe80::1", interface: "ens192" }] }, "other family"],
    [{ routes: [{ destination: "10.50.0.0/16", gateway: "10.40.0.2", interface: "ens224" }] }, "not in use"],
    [{ dnsServers: ["1.2.3"] }, "1.2.3"],
    [{ dnsServers: ["0.0.0.0"] }, "0.0.0.0"],
  ];
  for (const [change, names] of cases) {
    await expect(network.try({ ...wanted, ...change })).rejects.toMatchObject({
      code: "network.invalid",
      message: expect.stringContaining(names),
    });
  }
  expect(units()).toBe("");
  expect(machine.calls()).toEqual([]);
});

test("addresses of IPv6, point-to-point links and link-local gateways are taken", async () => {
  using network = new Network(machine.system);
  const addresses = ["2001:db8:40::12/64", "10.9.0.0/31", "192.0.2.7/32"];
  const gateways = ["fe80::1", "10.9.0.1"];
  const state = await network.try({
    ...wanted,
    routes: [],
    interfaces: [{ name: "ens192", addressing: "static", addresses, gateways, vlan: null }],
  });
  expect(state.settings.interfaces[0]!.gateways).toEqual(gateways);
});

async function untilTrue(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 200; left > 0; left -= 1) {
    if (await check()) return;
    await Bun.sleep(20);
  }
  throw new Error("it did not happen in four seconds");
}
