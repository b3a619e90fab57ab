import { closeSync, constants, fstatSync, mkdtempSync, openSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { System } from "../system/system.ts";

/** What lies on a volume for the first start: file names to their text. */
export type SeedFiles = ReadonlyMap<string, string>;

/** Labels of volumes that are looked at; cloud-init's own, in both spellings. */
const LABELS = ["cidata", "CIDATA", "causeway"] as const;
/** Files that are read of it. */
export const seedFileNames = ["causeway.json", "user-data", "meta-data", "network-config"] as const;
/** Read-only file systems the kernel is let loose on: CDs and FAT, as hypervisors and tools make them. */
const FILE_SYSTEMS = ["iso9660", "vfat"] as const;
/** A larger file is not read. */
const MAX_FILE_BYTES = 64 << 10;

/** Reads the first volume with one of the labels. @returns null where there is none */
export async function readSeedVolume(system: System): Promise<SeedFiles | null> {
  for (const label of LABELS) {
    const device = await deviceLabelled(system, label);
    const files = device === null ? null : await readMounted(system, device);
    if (files !== null) return files;
  }
  return null;
}

async function deviceLabelled({ commands }: System, label: string): Promise<string | null> {
  const { exitCode, output } = await commands.attempt("blkid", ["--cache-file", "/dev/null", "--label", label]);
  const device = output.trim();
  return exitCode === 0 && /^\/dev\/[a-zA-Z0-9/_-]+$/u.test(device) ? device : null;
}

async function readMounted({ paths, commands, log }: System, device: string): Promise<SeedFiles | null> {
  const folder = mkdtempSync(join(paths.run, "seed-"));
  try {
    if (!(await mount(commands, device, folder))) {
      log(`${device} is labelled for the first start, but is neither a CD nor FAT.`);
      return null;
    }
    try {
      return readFiles(folder);
    } finally {
      await commands.run("umount", [folder]);
    }
  } finally {
    rmdirSync(folder);
  }
}

async function mount(commands: System["commands"], device: string, folder: string): Promise<boolean> {
  for (const type of FILE_SYSTEMS) {
    const options = ["-t", type, "-o", "ro,nosuid,nodev,noexec"];
    if ((await commands.attempt("mount", [...options, device, folder])).exitCode === 0) return true;
  }
  return false;
}

/** The known files of a folder that are plain and small. */
export function readFiles(folder: string): SeedFiles {
  return new Map(
    seedFileNames.flatMap((name): [string, string][] => {
      const text = readPlainFile(join(folder, name));
      return text === null ? [] : [[name, text]];
    }),
  );
}

function readPlainFile(path: string): string | null {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = fstatSync(file);
      return status.isFile() && status.size <= MAX_FILE_BYTES ? readFileSync(file, "utf8") : null;
    } finally {
      closeSync(file);
    }
  } catch {
    // Not there, a link, or unreadable: it says nothing.
    return null;
  }
}
