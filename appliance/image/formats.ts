import { renameSync } from "node:fs";
import type { BuiltImage } from "./image.ts";

/** The formats hypervisors take a disk in, and how qemu-img makes each. */
export const diskFormats = [
  /** QEMU, KVM, Proxmox VE. */
  { extension: "qcow2", options: ["-O", "qcow2", "-c"] },
  /** VMware and VirtualBox, inside the OVA. */
  { extension: "vmdk", options: ["-O", "vmdk", "-o", "subformat=streamOptimized"] },
  /** Hyper-V. Small blocks: with the default ones the file is a tenth larger. */
  { extension: "vhdx", options: ["-O", "vhdx", "-o", "subformat=dynamic,block_size=1M"] },
] as const;

/** A disk format's file ending. */
export type DiskFormat = (typeof diskFormats)[number];

/** Converts the disk. @param path where the file goes */
export async function convertDisk({ tools, work }: BuiltImage, format: DiskFormat, path: string): Promise<void> {
  const name = `disk.${format.extension}`;
  await tools.run([
    "qemu-img",
    "convert",
    "-f",
    "raw",
    ...format.options,
    work.toolPath("disk.raw"),
    work.toolPath(name),
  ]);
  renameSync(work.path(name), path);
}
