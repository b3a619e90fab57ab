import { join } from "node:path";
import { partitionStart } from "./layout.ts";
import type { ToolSystem, WorkFolder } from "./tool-system.ts";

/** Size of a disk sector. */
const SECTOR = 512;
/** Code in the first sector ends here; the partition table follows. */
const MBR_CODE_BYTES = 440;
/** Where boot.img keeps the sector of core.img (8 bytes), and the jump grub-bios-setup removes for hard disks. */
const KERNEL_SECTOR_AT = 0x5c;
const DRIVE_CHECK_AT = 0x66;
/** The first entry of core.img's own list of sectors: start (8 bytes), count (2), segment (2). */
const BLOCK_LIST_AT = 0x1f4;
const LOAD_SEGMENT = 0x820;

const MODULES = [
  ...["biosdisk", "part_gpt", "fat", "ext2", "configfile", "normal", "linux", "loadenv", "regexp", "test", "echo"],
  ...["serial", "terminal", "search", "probe", "reboot", "halt", "gzio", "sleep", "boot", "true", "all_video"],
] as const;

const MENU_FOLDER = "(hd0,gpt2)/EFI/debian";

/** GRUB for BIOS: the code of the first sector, and what goes into the BIOS boot partition. */
export interface BiosBoot {
  readonly firstSector: Uint8Array;
  readonly core: Uint8Array;
}

/** Makes GRUB's two parts and joins them by hand, as grub-install would on a device. */
export async function makeBiosBoot(tools: ToolSystem, work: WorkFolder): Promise<BiosBoot> {
  await Bun.write(work.path("early.cfg"), `set prefix=${MENU_FOLDER}\nconfigfile ${MENU_FOLDER}/grub.cfg\n`);
  const options = ["--format=i386-pc", `--prefix=${MENU_FOLDER}`, `--config=${work.toolPath("early.cfg")}`];
  await tools.run(["grub-mkimage", ...options, `--output=${work.toolPath("core.img")}`, ...MODULES]);
  const first = await Bun.file(join(tools.root, "usr/lib/grub/i386-pc/boot.img")).bytes();
  const core = await Bun.file(work.path("core.img")).bytes();
  return joinBiosBoot(first, core, partitionStart("bios") / SECTOR);
}

/** Tells the first sector where the core lies, and the core where its own rest lies. */
export function joinBiosBoot(bootImage: Uint8Array, coreImage: Uint8Array, startSector: number): BiosBoot {
  const first = bootImage.slice(0, MBR_CODE_BYTES);
  new DataView(first.buffer).setBigUint64(KERNEL_SECTOR_AT, BigInt(startSector), true);
  first.set([0x90, 0x90], DRIVE_CHECK_AT);
  const sectors = Math.ceil(coreImage.length / SECTOR);
  const core = new Uint8Array(sectors * SECTOR);
  core.set(coreImage);
  const view = new DataView(core.buffer);
  view.setBigUint64(BLOCK_LIST_AT, BigInt(startSector + 1), true);
  view.setUint16(BLOCK_LIST_AT + 8, sectors - 1, true);
  view.setUint16(BLOCK_LIST_AT + 10, LOAD_SEGMENT, true);
  return { firstSector: first, core };
}
