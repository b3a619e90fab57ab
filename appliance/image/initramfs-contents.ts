/** What an initramfs holds, to see before anybody boots it that it can open every hypervisor's disk. */

/** A cpio entry's header in the "newc" form: a magic number and 13 numbers of 8 hexadecimal digits. */
const HEADER_BYTES = 110;
const MAGIC = "070701";
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const END = "TRAILER!!!";

/** Programs and drivers without which the root is not opened, as ends of paths. */
const NEEDED = [
  ...["sbin/veritysetup", "bin/sha256sum", "scripts/local-top/causeway", "scripts/local-bottom/causeway"],
  // The verified root
  ...["erofs.ko.xz", "dm-verity.ko.xz", "ext4.ko.xz"],
  // QEMU and Proxmox, VMware, Hyper-V, VirtualBox; plain SATA and NVMe
  ...["virtio_scsi.ko.xz", "virtio_blk.ko.xz", "vmw_pvscsi.ko.xz", "mptspi.ko.xz", "mptsas.ko.xz"],
  ...["hv_storvsc.ko.xz", "ahci.ko.xz", "ata_piix.ko.xz", "nvme.ko.xz", "sd_mod.ko.xz"],
] as const;

/** What an initramfs should hold and does not. @throws {RangeError} for a broken archive */
export function missingInInitramfs(initramfs: Uint8Array): string[] {
  const names = initramfsNames(initramfs);
  return NEEDED.filter((needed) => !names.some((name) => name.endsWith(`/${needed}`) || name === needed));
}

/** The kernel takes cpio archives one after another, with zeroes between; the last one may be packed (zstd). */
export function initramfsNames(initramfs: Uint8Array): string[] {
  const names: string[] = [];
  let rest = initramfs;
  while (rest.length > 0) {
    if (rest[0] === 0) rest = rest.subarray(1);
    else if (Buffer.from(rest.subarray(0, ZSTD_MAGIC.length)).equals(ZSTD_MAGIC)) rest = Bun.zstdDecompressSync(rest);
    else rest = rest.subarray(readArchive(rest, names));
  }
  return names;
}

/** Adds the names in a cpio archive. @returns where it ends. @throws {RangeError} where it breaks off */
function readArchive(archive: Uint8Array, names: string[]): number {
  const text = (from: number, length: number): string =>
    Buffer.from(archive.buffer, archive.byteOffset + from, length).toString("latin1");
  for (let offset = 0; ;) {
    if (archive.length < offset + HEADER_BYTES || text(offset, MAGIC.length) !== MAGIC) {
      throw new RangeError(`The initramfs breaks off at byte ${offset}.`);
    }
    const size = Number.parseInt(text(offset + 54, 8), 16);
    const nameSize = Number.parseInt(text(offset + 94, 8), 16);
    if (!(nameSize > 0) || !(archive.length >= offset + HEADER_BYTES + nameSize + size)) {
      throw new RangeError(`An entry of the initramfs is cut off at byte ${offset}.`);
    }
    const name = text(offset + HEADER_BYTES, nameSize - 1);
    offset = multipleOfFour(multipleOfFour(offset + HEADER_BYTES + nameSize) + size);
    if (name === END) return offset;
    names.push(name);
  }
}

const multipleOfFour = (value: number): number => Math.ceil(value / 4) * 4;
