import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { Paths } from "../system/paths.ts";

/** A partition, or a file that stands for one. */
export interface BlockDevice extends Disposable {
  readonly sizeBytes: number;
  /** Fills `into` from there; returns how many bytes there were. */
  read(into: Uint8Array, at: number): number;
  /** Writes all of it. @throws when the device refuses */
  write(bytes: Uint8Array, at: number): void;
  /** Returns when everything written is on the disk itself. */
  sync(): void;
  /** Makes the next reads come from the disk instead of from memory. After `sync`. */
  forgetCache(): void;
}

/** Opens partitions by their labels. */
export type OpenBlockDevice = (label: PartitionLabel) => BlockDevice;
/** The partitions this program writes; their names are set when the disk is made (appliance/image/layout.ts). */
export type PartitionLabel = "benv" | "boot-a" | "boot-b" | "root-a" | "root-b";

/** The machine's own partitions. */
export function blockDevices(paths: Paths): OpenBlockDevice {
  return (label) => {
    const path = realpathSync(join(paths.disks, label));
    const file = openSync(path, constants.O_RDWR);
    return {
      sizeBytes: sizeOf(paths, path, file),
      read: (into, at) => readFully(file, into, at),
      write: (bytes, at) => writeFully(file, bytes, at),
      sync: () => fsyncSync(file),
      // "1": clean pages only. What was synced is read again; nothing is lost.
      forgetCache: () => writeFileSync(join(paths.proc, "sys/vm/drop_caches"), "1\n"),
      [Symbol.dispose]: () => closeSync(file),
    };
  };
}

/** In 512-byte sectors under /sys for a partition; a file has its size. */
function sizeOf(paths: Paths, path: string, file: number): number {
  const status = fstatSync(file);
  if (status.isFile()) return status.size;
  return Number(readFileSync(join(paths.sys, "class/block", basename(path), "size"), "utf8")) * 512;
}

function readFully(file: number, into: Uint8Array, at: number): number {
  let read = 0;
  while (read < into.length) {
    const count = readSync(file, into, read, into.length - read, at + read);
    if (count === 0) break;
    read += count;
  }
  return read;
}

function writeFully(file: number, bytes: Uint8Array, at: number): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, at + written);
}
