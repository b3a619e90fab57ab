import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { grubMenu } from "./grub-menu.ts";
import { DISK_ID } from "./layout.ts";

const overlay = (path: string): string => readFileSync(join(import.meta.dir, "overlay/etc", path), "utf8");
const unit = (path: string): string => readFileSync(join(import.meta.dir, "../units", path), "utf8");

/** Commands the initramfs has: klibc's, the shell's own, and what the hook copies. */
const INITRAMFS_COMMANDS = [
  ...["[", "case", "do", "done", "echo", "esac", "exit", "fi", "for", "if", "mount", "read", "reboot", "set", "sleep"],
  ...["sha256sum", "then", "veritysetup", "while"],
];

test("scripts of the initramfs use only what klibc and the hook bring", () => {
  for (const script of ["local-top/causeway", "local-bottom/causeway"]) {
    const lines = overlay(`initramfs-tools/scripts/${script}`).split("\n");
    const words = lines.flatMap((line) => {
      const code = line.replace(/^\s*#.*/u, "").replace(/"[^"]*"/gu, '""');
      return code.split(/;|\|\||&&|\$\(|\||\bdo\b|\bthen\b|!/u).map((part) => part.trim().split(/\s+/u)[0] ?? "");
    });
    const commands = words.filter((word) => /^[a-z[][a-z0-9_-]*$/u.test(word));
    expect(commands.filter((command) => !INITRAMFS_COMMANDS.includes(command))).toEqual([]);
  }
});

test("the firewall names no protocol or service that a missing /etc/protocols would hide", () => {
  const rules = overlay("nftables.conf").replaceAll(/#.*/gu, "");
  expect(rules).not.toMatch(/icmpv6|ipv6-icmp|dport [a-z]/u);
  expect(rules.match(/policy (\w+)/gu)).toEqual(["policy drop", "policy drop"]);
});

test("nothing is served without the firewall, and stopping it opens nothing", () => {
  expect(unit("causeway.service.d/appliance.conf")).toMatch(/^Requires=.*nftables\.service/mu);
  expect(unit("causeway.service")).toMatch(/^After=.*nftables\.service/mu);
  expect(unit("nftables.service.d/appliance.conf")).toMatch(/^ExecStop=$/mu);
});

test("an emergency shows the menu, and every program of ours has an absolute path and no words from outside", () => {
  for (const name of ["emergency.service", "rescue.service"]) {
    expect(unit(name)).toMatch(/^ExecStart=\/usr\/lib\/causeway\/causeway-appliance console --emergency$/mu);
  }
  const names = readdirSync(join(import.meta.dir, "../units")).filter((name) => name.endsWith(".service"));
  for (const name of names) {
    for (const [, program = ""] of unit(name).matchAll(/^ExecStart=-?(\S+)/gmu)) {
      expect(program).toMatch(/^\/usr\/(bin|lib\/causeway)\/[a-z-]+$/u);
    }
    expect(unit(name)).not.toMatch(/\/sh\b|bash/u);
  }
});

test("a slot that does not get healthy is left: by a restart after each failed try, without a shell", () => {
  expect(unit("causeway-bless.service")).toMatch(/^FailureAction=reboot-force$/mu);
  // Longer than judging takes at most, or a slow machine would be restarted though its version was good.
  expect(unit("causeway-bless.service")).toMatch(/^TimeoutStartSec=15min$/mu);
  expect(grubMenu()).toContain(" panic=5 ");
  expect(grubMenu()).not.toContain("@KERNEL_WORDS@");
});

test("GRUB's menu starts without a password and cannot be edited", () => {
  const menu = grubMenu();
  expect(menu).toMatch(/^set superusers=nobody$/mu);
  expect(menu).not.toMatch(/password/u);
  const entries = menu.match(/^\s*menuentry .*$/gmu) ?? [];
  expect(entries).toHaveLength(4);
  expect(entries.filter((entry) => !entry.includes("--unrestricted"))).toEqual([]);
});

test("the data partition runs no programs, grows, and its disk is found by the image's own id", () => {
  expect(overlay("fstab")).toMatch(/^PARTLABEL=data \/data ext4 \S*nosuid,nodev,noexec\S*x-systemd\.growfs/mu);
  expect(overlay("udev/rules.d/61-causeway-disk.rules")).toContain(
    `ENV{ID_PART_TABLE_UUID}=="${DISK_ID.toLowerCase()}"`,
  );
});

test("hypervisors' agents run nothing and copy no files", () => {
  expect(overlay("qemu/qemu-ga.conf")).toMatch(/^block-rpcs=guest-exec,/mu);
  expect(overlay("vmware-tools/tools.conf")).toMatch(/\[guestoperations\]\ndisabled=true/u);
});
