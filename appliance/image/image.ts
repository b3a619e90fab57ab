import { makeBiosBoot } from "./bios-boot.ts";
import { makeBootCounters } from "./boot-counters.ts";
import type { Release } from "./bundle.ts";
import type { BuildEnvironment } from "./command.ts";
import { makeDataImage } from "./data-image.ts";
import { makeDebianSystem } from "./debian-system.ts";
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

/** Where a build happens. */
export interface Workshop {
  readonly tools: ToolSystem;
  readonly work: WorkFolder;
}

/** A finished disk and its parts; paths. */
export interface BuiltImage extends Workshop {
  readonly disk: string;
  readonly boot: string;
  readonly root: string;
  /** dpkg's list of what is inside. */
  readonly packageList: string;
}

/** Opens the tools, made at the first build and after each change of Debian's. */
export async function openTools({ cache, environment }: ImageOrder, laps: Laps): Promise<ToolSystem> {
  const system = { name: "tools", packages: toolPackages };
  const archive = await makeDebianSystem(system, { directory: cache, mayReuse: true }, environment);
  const tools = await ToolSystem.open(archive, environment);
  laps.end("tools");
  return tools;
}

/**
 * Builds the disk.
 * @param mayReuse false: Debian is put together anew, though the same packages were before
 */
export async function buildImage(
  order: ImageOrder,
  { tools, work }: Workshop,
  mayReuse: boolean,
  laps: Laps,
): Promise<BuiltImage> {
  const { environment, release, programs, key } = order;
  const system = { name: "base", packages: appliancePackages };
  const base = await makeDebianSystem(system, { directory: order.cache, mayReuse }, environment);
  laps.end("Debian packages");
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
