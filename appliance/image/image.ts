import { makeBiosBoot } from "./bios-boot.ts";
import { makeBootCounters } from "./boot-counters.ts";
import type { Release } from "./bundle.ts";
import type { BuildEnvironment } from "./command.ts";
import { makeDataImage } from "./data-image.ts";
import { makeDebianSystem, type PackageCache } from "./debian-system.ts";
import { makeDisk } from "./disk.ts";
import { makeEsp } from "./esp.ts";
import { grubMenu } from "./grub-menu.ts";
import type { SigningKey } from "./keys.ts";
import type { Laps } from "./laps.ts";
import { appliancePackages, toolPackages } from "./packages.ts";
import type { Program } from "./programs.ts";
import { makeRootTree } from "./root-tree.ts";
import { makeBootImage, makeRootImage } from "./slot.ts";
import { ToolSystem, type WorkFolder } from "./tool-system.ts";

/** What an image is made of. */
export interface ImageOrder {
  readonly release: Release;
  readonly key: SigningKey;
  readonly programs: readonly Program[];
  /** The folder of what is kept between builds. */
  readonly cache: string;
  readonly environment: BuildEnvironment;
}

/** One build among several of the same order. */
export interface Attempt {
  /** The work folder's name. */
  readonly name: string;
  /** False: Debian is put together anew. */
  readonly mayReuse: boolean;
}

/** A finished disk and its parts; paths. */
export interface BuiltImage {
  readonly tools: ToolSystem;
  readonly work: WorkFolder;
  readonly disk: string;
  readonly boot: string;
  readonly root: string;
  /** dpkg's list of what is inside. */
  readonly packageList: string;
}

/** Builds the disk. */
export async function buildImage(order: ImageOrder, attempt: Attempt, laps: Laps): Promise<BuiltImage> {
  const { environment, release, programs, key } = order;
  const cache: PackageCache = { directory: order.cache, mayReuse: true };
  const toolArchive = await makeDebianSystem({ name: "tools", packages: toolPackages }, cache, environment);
  const tools = await ToolSystem.open(toolArchive, environment);
  laps.end("tools");
  const baseCache = { ...cache, mayReuse: attempt.mayReuse };
  const base = await makeDebianSystem({ name: "base", packages: appliancePackages }, baseCache, environment);
  laps.end("Debian packages");
  const work = tools.workFolder(attempt.name);
  const { list } = await makeRootTree(work, { base, programs, version: release.version, key }, environment, laps);
  const root = await makeRootImage(tools, work, release);
  laps.end("root packed and its hashes made");
  const boot = await makeBootImage(tools, work, root, release);
  const disk = await makeDisk(tools, work, {
    biosBoot: await makeBiosBoot(tools, work),
    esp: await makeEsp(tools, work, grubMenu()),
    counters: await makeBootCounters(tools, work),
    boot,
    root: root.file,
    data: await makeDataImage(tools, work, release.sourceDate),
  });
  laps.end("disk");
  return { tools, work, disk, boot, root: root.file, packageList: list };
}
