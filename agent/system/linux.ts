/** Facts and figures of a Linux computer, read from /proc, /etc and /run. */
import { statfsSync } from "node:fs";
import { arch, hostname, networkInterfaces } from "node:os";
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import { findDisplays } from "./displays.ts";
import { busyPercent, parseProcessorTicks, readActivity, type Ticks } from "./linux-activity.ts";
import { linuxSections } from "./linux-sections.ts";
import type { Disk } from "./disk.ts";
import { readIsScreenSaverOn } from "./screen-saver.ts";
import { readText } from "./read-text.ts";
import { readIsScreenLocked, readLoginSessions, readSignedInUsers } from "./signed-in.ts";
import type { ComputerSystem, SystemSnapshot } from "./system.ts";

type PresenceFacts = Pick<SystemStatistics, "signedInUsers" | "isScreenLocked" | "isScreenSaverOn" | "hasDisplay">;
/** Until it was looked for the first time. */
const nobody: PresenceFacts = { signedInUsers: [], isScreenLocked: null, isScreenSaverOn: null, hasDisplay: false };

export class LinuxSystem implements ComputerSystem {
  #facts: SystemFacts;
  #statistics: SystemStatistics;
  #ticks: Ticks = { busy: 0, all: 0 };

  constructor(private readonly agentVersion: string) {
    this.#facts = readFacts(agentVersion);
    this.#statistics = this.#readStatistics(nobody);
  }

  facts(): SystemFacts {
    return this.#facts;
  }

  statistics(): SystemStatistics {
    return this.#statistics;
  }

  async refresh(): Promise<void> {
    this.#facts = readFacts(this.agentVersion);
    const sessions = readLoginSessions();
    const isScreenLocked = await readIsScreenLocked(sessions).catch(() => null);
    const display = findDisplays()[0];
    const isScreenSaverOn = display === undefined ? null : await readIsScreenSaverOn(display);
    const signedInUsers = readSignedInUsers(sessions);
    const hasDisplay = display !== undefined;
    this.#statistics = this.#readStatistics({ signedInUsers, isScreenLocked, isScreenSaverOn, hasDisplay });
  }

  async snapshot(): Promise<SystemSnapshot> {
    const { cpuPercent, networkBitsPerSecond, programPercents } = await readActivity();
    const { memoryTotalBytes, memoryUsedBytes, disks } = this.#statistics;
    return {
      figures: { cpuPercent, networkBitsPerSecond, memoryTotalBytes, memoryUsedBytes, disks },
      sections: await linuxSections(this.#facts, this.#statistics, readDisks(), programPercents),
    };
  }

  #readStatistics(presence: PresenceFacts): SystemStatistics {
    const before = this.#ticks;
    this.#ticks = parseProcessorTicks(readText("/proc/stat"));
    const memory = parseMemory(readText("/proc/meminfo"));
    return {
      cpuPercent: busyPercent(before, this.#ticks),
      memoryTotalBytes: memory.totalBytes,
      memoryUsedBytes: memory.totalBytes - memory.availableBytes,
      disks: readDisks().map(({ name, totalBytes, usedBytes }) => ({ name, totalBytes, usedBytes })),
      ...presence,
    };
  }
}

function readFacts(agentVersion: string): SystemFacts {
  const bootedAtSeconds = Number(/^btime (\d+)$/m.exec(readText("/proc/stat"))?.[1] ?? 0);
  return {
    hostName: hostname().slice(0, 255),
    platform: "linux",
    architecture: arch(),
    operatingSystem: parseOsRelease(readText("/etc/os-release")).slice(0, 200),
    agentVersion,
    privateAddresses: readAddresses(),
    bootedAt: new Date(bootedAtSeconds * 1000).toISOString(),
  };
}

/** os-release(5) as a person would say it. */
export function parseOsRelease(text: string): string {
  const value = (name: string) => new RegExp(`^${name}="?(.*?)"?$`, "m").exec(text)?.[1];
  return value("PRETTY_NAME") ?? value("NAME") ?? "Linux";
}

/** Addresses of this computer's own network cards; loopback and link-local ones tell nobody anything. */
export function readAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .map(({ address }) => address)
    .slice(0, 32);
}

/** /proc/meminfo, in bytes. */
export function parseMemory(meminfo: string): { totalBytes: number; availableBytes: number; swapBytes: number } {
  const bytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
  return { totalBytes: bytes("MemTotal"), availableBytes: bytes("MemAvailable"), swapBytes: bytes("SwapTotal") };
}

/** File systems that hold a person's data; the kernel's own and images of packages are left out. */
const DISK_FILE_SYSTEMS = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs jfs reiserfs vfat exfat ntfs ntfs3 fuseblk nfs nfs4 cifs overlay".split(
    " ",
  ),
);

/** Mounted disks, each device once, with how full they are. */
export function readDisks(mounts = readText("/proc/self/mounts")): Disk[] {
  const seen = new Set<string>();
  return mounts
    .split("\n")
    .flatMap((line) => {
      const [device = "", path = "", fileSystem = ""] = line.split(" ").map(unescapeMount);
      if (!DISK_FILE_SYSTEMS.has(fileSystem) || seen.has(device) || (fileSystem === "overlay" && path !== "/"))
        return [];
      seen.add(device);
      return describeDisk(device, path, fileSystem);
    })
    .slice(0, 32);
}

function describeDisk(device: string, path: string, fileSystem: string): Disk[] {
  try {
    const { blocks, bfree, bsize } = statfsSync(path);
    if (blocks === 0) return [];
    const name = path.slice(0, 255);
    return [{ name, device, fileSystem, totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize }];
  } catch {
    // A disk that was pulled out or may not be looked at has no figures to show.
    return [];
  }
}

/** /proc/mounts writes blanks and the like in octal: "\040". */
function unescapeMount(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
