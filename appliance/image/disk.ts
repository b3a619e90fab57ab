import { type FileHandle, open } from "node:fs/promises";
import type { BiosBoot } from "./bios-boot.ts";
import { DISK_GIB, MIB, type PartitionName, partitionSize, partitionStart, sfdiskScript } from "./layout.ts";
import type { ToolSystem, WorkFolder } from "./tool-system.ts";

/** The partitions, and room for the table's second copy at the end. */
const SMALLEST_DISK = partitionStart("data") + partitionSize("data") + MIB;

/** What the disk is made of; each is a file of at most its partition's size. */
export interface DiskParts {
  readonly biosBoot: BiosBoot;
  readonly esp: string;
  readonly counters: string;
  readonly boot: string;
  readonly root: string;
  readonly data: string;
}

/** Writes the whole disk into a sparse file just large enough: slot a filled, slot b empty. @returns its path */
export async function makeDisk(tools: ToolSystem, work: WorkFolder, parts: DiskParts): Promise<string> {
  const image = work.toolPath("disk.raw");
  await tools.run(["truncate", "--size", String(SMALLEST_DISK), image]);
  await tools.run(["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", image], sfdiskScript());
  await using disk = await open(work.path("disk.raw"), "r+");
  await disk.write(parts.biosBoot.firstSector, 0, parts.biosBoot.firstSector.length, 0);
  await disk.write(parts.biosBoot.core, 0, parts.biosBoot.core.length, partitionStart("bios"));
  await copyInto(disk, "ESP", parts.esp);
  await copyInto(disk, "benv", parts.counters);
  await copyInto(disk, "boot-a", parts.boot);
  await copyInto(disk, "root-a", parts.root);
  await copyInto(disk, "data", parts.data);
  return work.path("disk.raw");
}

/** Makes the disk as large as hypervisors are to show it: costs nothing in a sparse file. */
export async function enlargeDisk(tools: ToolSystem, work: WorkFolder): Promise<void> {
  const image = work.toolPath("disk.raw");
  await tools.run(["truncate", "--size", `${DISK_GIB}G`, image]);
  await tools.run(["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", "--relocate", "gpt-bak-std", image]);
}

/** Zeroes are left out: the file stays sparse, and so do the formats made of it. @throws {Error} when it does not fit */
async function copyInto(disk: FileHandle, name: PartitionName, file: string): Promise<void> {
  await using source = await open(file, "r");
  const { size } = await source.stat();
  if (size > partitionSize(name)) {
    throw new Error(`${file} has ${size} bytes; the partition ${name} holds ${partitionSize(name)}.`);
  }
  const block = Buffer.alloc(MIB);
  const zeroes = Buffer.alloc(MIB);
  for (let offset = 0; offset < size; offset += MIB) {
    const { bytesRead } = await source.read(block, 0, MIB, offset);
    if (block.compare(zeroes, 0, bytesRead, 0, bytesRead) === 0) continue;
    await disk.write(block, 0, bytesRead, partitionStart(name) + offset);
  }
}
