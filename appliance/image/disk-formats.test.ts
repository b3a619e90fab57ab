import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOMParser } from "@xmldom/xmldom";
import { joinBiosBoot } from "./bios-boot.ts";
import { BOOT_COUNTERS_BYTES, freshBootCounters } from "./boot-counters.ts";
import { checksums } from "./checksums.ts";
import { MIB, partitionNumber, partitions, partitionStart, sfdiskScript } from "./layout.ts";
import { makeOva } from "./ova.ts";
import { ovfDescriptor, ovfProperties } from "./ovf.ts";
import { ustarHeader, writeUstar } from "./ustar.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-formats-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

function runTool(...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: folder, env: { PATH: "/usr/bin:/bin" } });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}

test("the partitions stand where GRUB's menu and the update writer look for them", () => {
  expect(partitions.map(({ name }) => name)).toEqual([
    ...["bios", "ESP", "benv", "boot-a", "root-a", "boot-b", "root-b", "data"],
  ] as typeof partitions extends readonly { name: infer Name }[] ? Name[] : never);
  expect(partitionNumber("benv")).toBe(3);
  expect(partitionNumber("boot-a")).toBe(4);
  expect(partitionNumber("boot-b")).toBe(6);
  expect(partitionStart("bios")).toBe(MIB);
  expect(partitionStart("benv")).toBe(50 * MIB);
  expect(partitionStart("data")).toBe((1 + 1 + 48 + 1 + 2 * (64 + 1024)) * MIB);
  expect(sfdiskScript()).toContain("start=102400, size=2048, type=CA05E3A1-0001-4000-8000-000000000003, name=benv");
});

test("the boot counters are a GRUB environment block of a fresh slot a", () => {
  const block = freshBootCounters();
  expect(block).toHaveLength(BOOT_COUNTERS_BYTES);
  const text = new TextDecoder().decode(block);
  expect(text).toStartWith("# GRUB Environment Block\norder=ab\na_ok=1\na_try=3\nb_ok=0\nb_try=0\n###");
});

test("GRUB's two parts for BIOS know where the other lies", () => {
  const { firstSector, core } = joinBiosBoot(new Uint8Array(512).fill(0xeb), new Uint8Array(1100).fill(7), 2048);
  expect(firstSector).toHaveLength(440);
  expect([...firstSector.slice(0x5c, 0x68)]).toEqual([0, 8, 0, 0, 0, 0, 0, 0, 0xeb, 0xeb, 0x90, 0x90]);
  expect(core).toHaveLength(1536);
  expect([...core.slice(0x1f4, 0x200)]).toEqual([1, 8, 0, 0, 0, 0, 0, 0, 2, 0, 0x20, 0x08]);
});

test("archives are read by tar, in the order and with the date they were given", async () => {
  writeFileSync(file("large"), new Uint8Array(3 * MIB + 1).fill(65));
  const entries = [
    { name: "first.txt", content: new TextEncoder().encode("hello") },
    { name: "large", content: { file: file("large") } },
    { name: "empty", content: new Uint8Array() },
  ];
  await writeUstar(file("archive.tar"), entries, 1_700_000_000);
  expect(runTool("tar", "--list", "--verbose", "--utc", "--file", "archive.tar").trim().split("\n")).toEqual([
    "-rw-r--r-- root/root         5 2023-11-14 22:13 first.txt",
    "-rw-r--r-- root/root   3145729 2023-11-14 22:13 large",
    "-rw-r--r-- root/root         0 2023-11-14 22:13 empty",
  ]);
  expect(runTool("tar", "--extract", "--to-stdout", "--file", "archive.tar", "first.txt")).toBe("hello");
  expect(() => ustarHeader("x".repeat(101), 1, 0)).toThrow(RangeError);
  expect(() => ustarHeader("x", 2 ** 33, 0)).toThrow(RangeError);
});

test("an OVA is descriptor, manifest and disk in this order, and the manifest's sums are right", async () => {
  writeFileSync(file("disk.vmdk"), "KDMV, for the test");
  await makeOva(
    file("disk.vmdk"),
    { version: "1.2.3", sourceDate: 1_700_000_000, securityReleases: [], notes: [] },
    file("causeway.ova"),
  );
  const names = runTool("tar", "--list", "--file", "causeway.ova").trim().split("\n");
  expect(names).toEqual(["causeway-1.2.3.ovf", "causeway-1.2.3.mf", "causeway-1.2.3-disk1.vmdk"]);
  runTool("tar", "--extract", "--file", "causeway.ova");
  const manifest = await Bun.file(file("causeway-1.2.3.mf")).text();
  for (const line of manifest.trim().split("\n")) {
    const [, name = "", sum = ""] = /^SHA256\((.+)\)= ([0-9a-f]{64})$/u.exec(line) ?? [];
    expect(await checksums(folder, [name])).toBe(`${sum}  ${name}\n`);
  }
});

test("the OVF descriptor is well-formed and asks for what the guest reads", () => {
  const text = ovfDescriptor("1.2.3", { file: "disk1.vmdk", fileSize: 200, populatedSize: 300 });
  const document = new DOMParser().parseFromString(text, "text/xml");
  const attributes = (element: string, name: string): (string | null)[] =>
    Array.from(document.getElementsByTagName(element), (found) => found.getAttribute(name));
  expect(attributes("Property", "ovf:key")).toEqual(ovfProperties.map(({ key }) => key));
  expect(attributes("Property", "ovf:key")).toEqual(["hostname", "address", "gateway", "dns", "ntp"]);
  expect(attributes("VirtualHardwareSection", "ovf:transport")).toEqual(["com.vmware.guestInfo"]);
  expect(attributes("Disk", "ovf:capacityAllocationUnits")).toEqual(["byte * 2^30"]);
  for (const item of Array.from(document.getElementsByTagName("Item"))) {
    const names = Array.from(item.childNodes, ({ nodeName }) => nodeName).filter((name) => name.startsWith("rasd:"));
    expect(names).toEqual([...names].sort());
  }
});
