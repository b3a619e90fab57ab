/** How the disk is divided. The update writer finds its slots by these names, GRUB by their order: neither ever changes. */

/** One MiB in bytes. */
export const MIB = 2 ** 20;

/** What a partition is, and how large. */
export interface Partition {
  readonly name: string;
  readonly sizeMib: number;
  /** GPT type. */
  readonly type: string;
  /** GPT partition id, the same on every appliance: nothing looks for it. */
  readonly uuid: string;
}

const BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649";
const EFI_SYSTEM = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
const LINUX_DATA = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
/** Ours: partitions that no other system mounts, repairs or offers to format. */
const BOOT_COUNTERS = "CA05E3A1-0001-4000-8000-000000000003";
const BOOT_SLOT = "CA05E3A1-0001-4000-8000-000000000004";
const ROOT_SLOT = "CA05E3A1-0001-4000-8000-000000000005";

const id = (number: number): string => `CA05E3A1-0002-4000-8000-${String(number).padStart(12, "0")}`;

/** The GPT's own id; udev's rule for /dev/causeway/disk looks for it. */
export const DISK_ID = id(1);

/** The file system on the data partition. */
export const DATA_FILE_SYSTEM_ID = id(28);

/**
 * In the order of their numbers. The data partition is last because it grows to the end of the disk at each start; it is
 * formatted here: formatting it at first boot wrote 11 GiB into a dynamic VHDX.
 */
export const partitions = [
  { name: "bios", sizeMib: 1, type: BIOS_BOOT, uuid: id(11) },
  { name: "ESP", sizeMib: 48, type: EFI_SYSTEM, uuid: id(12) },
  { name: "benv", sizeMib: 1, type: BOOT_COUNTERS, uuid: id(13) },
  { name: "boot-a", sizeMib: 64, type: BOOT_SLOT, uuid: id(14) },
  { name: "root-a", sizeMib: 1024, type: ROOT_SLOT, uuid: id(15) },
  { name: "boot-b", sizeMib: 64, type: BOOT_SLOT, uuid: id(16) },
  { name: "root-b", sizeMib: 1024, type: ROOT_SLOT, uuid: id(17) },
  { name: "data", sizeMib: 128, type: LINUX_DATA, uuid: id(18) },
] as const satisfies readonly Partition[];

/** A partition's name. */
export type PartitionName = (typeof partitions)[number]["name"];

/** Where the first partition begins. */
const FIRST_MIB = 1;

/** The disk as hypervisors see it; what the partitions do not fill costs nothing in the files we ship. */
export const DISK_GIB = 32;

/** A partition's size in bytes. */
export function partitionSize(name: PartitionName): number {
  return partitions.find((partition) => partition.name === name)!.sizeMib * MIB;
}

/** Where a partition begins on the disk, in bytes. */
export function partitionStart(name: PartitionName): number {
  const before = partitions.slice(0, partitionNumber(name) - 1);
  return before.reduce((sum, { sizeMib }) => sum + sizeMib, FIRST_MIB) * MIB;
}

/** A partition's number, from 1, as GRUB counts. */
export function partitionNumber(name: PartitionName): number {
  return partitions.findIndex((partition) => partition.name === name) + 1;
}

/** What sfdisk reads to write the partition table. */
export function sfdiskScript(): string {
  const lines = partitions.map(
    ({ name, type, uuid, sizeMib }) =>
      `start=${partitionStart(name) / 512}, size=${(sizeMib * MIB) / 512}, type=${type}, name=${name}, uuid=${uuid}`,
  );
  return ["label: gpt", `label-id: ${DISK_ID}`, "first-lba: 2048", ...lines, ""].join("\n");
}
