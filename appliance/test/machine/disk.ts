import { linkSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { MIB, type PartitionName, partitionStart } from "../../image/layout.ts";
import { runTool } from "./tool.ts";

/** A disk of a test's own: what it writes lies beside the shipped file, which stays as it is. */
export class Disk {
  private constructor(readonly path: string) {}

  /** A fresh disk from the shipped one. @param folder for the disk; removed with it */
  static async from(shipped: string, folder: string): Promise<Disk> {
    const base = resolve(folder, "shipped.qcow2");
    rmSync(base, { force: true });
    // A build that goes on meanwhile replaces the shipped file; this name keeps the one we began with.
    linkSync(shipped, base);
    const path = join(folder, "disk.qcow2");
    await runTool(["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", path]);
    return new Disk(path);
  }

  /** Overwrites a part of a partition, in MiB from its beginning. Only while no machine runs. */
  async damage(partition: PartitionName, atMib: number, lengthMib: number): Promise<void> {
    const offset = partitionStart(partition) + atMib * MIB;
    await runTool(["qemu-io", "-f", "qcow2", "-c", `write -q -P 0x5a ${offset} ${lengthMib * MIB}`, this.path]);
  }

  /** Writes the disk as it is now into a file that needs no other. Only while no machine runs. */
  async copyTo(path: string): Promise<void> {
    await runTool(["qemu-img", "convert", "-O", "qcow2", this.path, path]);
  }
}
