import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestFactoryReset } from "../machine/factory-reset.ts";
import { dataReadOnlyReason } from "../machine/data-partition.ts";
import { openTestMachine, type TestMachine } from "../test-system/machine.ts";
import { runInit } from "./init.ts";

let machine: TestMachine;
beforeEach(() => (machine = openTestMachine()));
afterEach(() => machine[Symbol.dispose]());

const network = (): string => readFileSync(join(machine.paths.networkUnits, "10-causeway-00.network"), "utf8");
const OVF = `<Environment><PropertySection>
<Property key="hostname" value="first.example.com"/><Property key="address" value="10.40.0.12/24"/>
<Property key="gateway" value="10.40.0.1"/><Property key="ntp" value="10.40.0.7"/></PropertySection></Environment>`;

test("a first start without any data asks DHCP, and leaves the firewall of the image", async () => {
  await runInit(machine.system);
  expect(machine.logged).toEqual([]);
  expect(machine.calls()).toContainEqual(["mount", "--bind", join(machine.paths.data, "var"), machine.paths.varFolder]);
  expect(network()).toContain("DHCP=yes");
  expect(machine.calls().some(([program]) => program === "nft")).toBe(false);
  expect(JSON.parse(readFileSync(join(machine.paths.settings, "slots/a.json"), "utf8"))).toEqual({
    version: "1.2.0",
    manifest: null,
  });
});

test("first-boot data of the hypervisor are taken over once; later starts do not look", async () => {
  machine.says("detectVirtualization", "vmware\n");
  machine.says("vmwareRpc", OVF);
  await runInit(machine.system);
  expect(network()).toContain("Address=10.40.0.12/24\nGateway=10.40.0.1");
  expect(readFileSync(join(machine.paths.chronySources, "causeway.sources"), "utf8")).toBe("server 10.40.0.7 iburst\n");
  machine.says("vmwareRpc", OVF.replace("10.40.0.12", "10.40.0.13"));
  await runInit(machine.system);
  expect(network()).toContain("Address=10.40.0.12/24");
  expect(machine.calls().filter(([program]) => program === "vmwareRpc")).toEqual([
    ["vmwareRpc", "info-get guestinfo.ovfEnv"],
  ]);
});

test("data that mean nothing are told and left out; the machine starts with DHCP", async () => {
  machine.says("detectVirtualization", "vmware\n");
  machine.says("vmwareRpc", OVF.replace('10.40.0.1"', '10.99.0.1"'));
  await runInit(machine.system);
  expect(network()).toContain("DHCP=yes");
  expect(machine.logged.join()).toContain("10.99.0.1");
});

test("a factory reset erases data and settings, but not which versions lie in the slots; then first-boot data count again", async () => {
  await runInit(machine.system);
  mkdirSync(join(machine.paths.serverData, "recordings"), { recursive: true });
  writeFileSync(join(machine.paths.serverData, "recordings/one"), "x");
  requestFactoryReset(machine.paths);
  machine.says("detectVirtualization", "vmware\n");
  machine.says("vmwareRpc", OVF);
  await runInit(machine.system);
  expect(existsSync(join(machine.paths.serverData, "recordings"))).toBe(false);
  expect(readdirSync(machine.paths.settings).sort()).toEqual(["first-boot-done", "network.json", "slots", "time.json"]);
  expect(network()).toContain("Address=10.40.0.12/24");
});

test("a clock before the release was made is set to that day", async () => {
  const made = new Date("2026-11-20T00:00:00Z");
  machine.time.nowMs = Date.parse("2001-01-01T00:00:00Z");
  await runInit(machine.system);
  expect(machine.calls()).toContainEqual(["date", "--utc", `--set=@${made.getTime() / 1000}`]);
});

test("a damaged data partition is said to everybody, mounted for reading if it can be, and the network still comes up", async () => {
  machine.put("proc/self/mountinfo", "");
  machine.put("dev/disk/by-partlabel/data", "");
  machine.fails("mount");
  await runInit(machine.system);
  expect(machine.calls()).toContainEqual([
    "mount",
    "-t",
    "ext4",
    "-o",
    "ro,noload,nosuid,nodev,noexec",
    join(machine.paths.disks, "data"),
    machine.paths.data,
  ]);
  expect(readFileSync(machine.paths.dataProblem, "utf8")).toContain("cannot be read");
  expect(dataReadOnlyReason(machine.paths)).toContain("cannot be read");
  expect(network()).toContain("DHCP=yes");
});

test("a disk that is late gets a second chance; one that never comes is not called damaged", async () => {
  machine.put("proc/self/mountinfo", "");
  await runInit(machine.system);
  expect(machine.calls()).toContainEqual(["systemctl", "start", "data.mount"]);
  expect(readFileSync(machine.paths.dataProblem, "utf8")).toContain("did not appear");
});

test("a data partition whose check gave up is not mounted for writing by a second check that passes", async () => {
  machine.put("proc/self/mountinfo", "");
  machine.put("dev/disk/by-partlabel/data", "");
  machine.says("systemctl", "failed\n");
  await runInit(machine.system);
  expect(machine.calls()).not.toContainEqual(["systemctl", "start", "data.mount"]);
  expect(readFileSync(machine.paths.dataProblem, "utf8")).toContain("damaged");
});

test("a data partition that went read-only while running says so", () => {
  machine.put(
    "proc/self/mountinfo",
    `40 1 8:8 / ${machine.paths.data} rw,noatime shared:1 - ext4 /dev/sda8 ro,errors=remount-ro\n`,
  );
  expect(dataReadOnlyReason(machine.paths)).toContain("can only be read");
});

test("settings that a damaged disk made unreadable are those of a fresh machine", async () => {
  machine.put("data/appliance/network.json", "{\0\0\0");
  machine.put("data/appliance/firewall.json", '{"rules":[{"protocol":"tcp","port":0,"from":[]}]}');
  await runInit(machine.system);
  expect(network()).toContain("DHCP=yes");
  expect(machine.calls().some(([program]) => program === "nft")).toBe(false);
});
