import { copyFileSync, mkdirSync } from "node:fs";
import { partitionSize } from "./layout.ts";
import type { ToolSystem, WorkFolder } from "./tool-system.ts";

const SHIM = "/usr/lib/shim";
const SIGNED_GRUB = "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed";

/** From where in the tools to where on the partition. Debian's GRUB looks for its menu in EFI/debian. */
const FILES = [
  [`${SHIM}/shimx64.efi.signed`, "EFI/BOOT/BOOTX64.EFI"],
  [SIGNED_GRUB, "EFI/BOOT/grubx64.efi"],
  [`${SHIM}/mmx64.efi.signed`, "EFI/BOOT/mmx64.efi"],
] as const;

/** The EFI system partition, for UEFI with and without Secure Boot; its GRUB menu serves BIOS as well. Never written after. */
export async function makeEsp(tools: ToolSystem, work: WorkFolder, grubMenu: string): Promise<string> {
  mkdirSync(work.path("esp/EFI/BOOT"), { recursive: true });
  mkdirSync(work.path("esp/EFI/debian"), { recursive: true });
  for (const [from, to] of FILES) copyFileSync(`${tools.root}${from}`, work.path("esp", to));
  await Bun.write(work.path("esp/EFI/debian/grub.cfg"), grubMenu);
  const image = work.toolPath("esp.img");
  await tools.run(["truncate", "--size", String(partitionSize("ESP")), image]);
  await tools.run(["mkfs.vfat", "--invariant", "-F", "32", "-s", "1", "-n", "ESP", "-i", "CA05E3A1", image]);
  await tools.run(["mcopy", "-s", "-i", image, work.toolPath("esp/EFI"), "::"]);
  return work.path("esp.img");
}
