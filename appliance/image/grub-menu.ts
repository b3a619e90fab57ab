import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What every start says to the kernel, whichever slot. */
const KERNEL_WORDS = [
  "console=tty0",
  "console=ttyS0,115200",
  "quiet",
  // systemd looks for partitions by their types otherwise, and would mount the other slot's.
  "systemd.gpt_auto=0",
  "fsck.repair=yes",
  // A panic and a failed initramfs restart the machine, where GRUB has counted the try; no shell is offered.
  "panic=5",
  "init_on_alloc=1",
  "slab_nomerge",
  "vsyscall=none",
  "debugfs=off",
  "module.sig_enforce=1",
] as const;

/** GRUB's menu as it is installed. */
export function grubMenu(): string {
  const template = readFileSync(join(import.meta.dir, "grub.cfg"), "utf8");
  return template.replace("@KERNEL_WORDS@", KERNEL_WORDS.join(" "));
}
