import { partitionSize } from "./layout.ts";
import type { ToolSystem, WorkFolder } from "./tool-system.ts";

/**
 * GRUB's environment block with the boot counters: 1,024 bytes at a fixed place of the partition "benv". GRUB finds them
 * as a file in a tiny FAT that is never written again (it saves to no bare sectors); the appliance's program writes them
 * in place. Keys: `order` (ab or ba), and for each slot whether it was ever good (`a_ok`) and its tries left (`a_try`).
 */

/** Size GRUB expects of the block. */
export const BOOT_COUNTERS_BYTES = 1024;

/** Where the block lies in its partition, in bytes: behind 59 reserved sectors, two FATs of two and one of root directory. */
export const BOOT_COUNTERS_OFFSET = 32_768;

const GEOMETRY = ["-F", "12", "-S", "512", "-s", "4", "-f", "2", "-r", "16", "-R", "59"];

const HEADER = "# GRUB Environment Block\n";

/** The block of a fresh disk: slot a has three tries, slot b holds nothing. */
export function freshBootCounters(): Uint8Array {
  const text = `${HEADER}order=ab\na_ok=1\na_try=3\nb_ok=0\nb_try=0\n`;
  return new TextEncoder().encode(text.padEnd(BOOT_COUNTERS_BYTES, "#"));
}

/** The partition "benv". @throws {Error} when mkfs.vfat put the block elsewhere than the appliance writes it */
export async function makeBootCounters(tools: ToolSystem, work: WorkFolder): Promise<string> {
  await Bun.write(work.path("grubenv"), freshBootCounters());
  const image = work.toolPath("benv.img");
  await tools.run(["truncate", "--size", String(partitionSize("benv")), image]);
  await tools.run(["mkfs.vfat", "--invariant", ...GEOMETRY, "-n", "BENV", "-i", "CA05E3A2", image]);
  await tools.run(["mcopy", "-i", image, work.toolPath("grubenv"), "::grubenv"]);
  const offset = (await Bun.file(work.path("benv.img")).text()).indexOf(HEADER);
  if (offset === BOOT_COUNTERS_OFFSET) return work.path("benv.img");
  throw new Error(`The boot counters lie at ${offset} of their partition, not at ${BOOT_COUNTERS_OFFSET}.`);
}
