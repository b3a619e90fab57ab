import { makeBiosBoot } from "./bios-boot.ts";
import { makeBootCounters } from "./boot-counters.ts";
import type { BuildEnvironment } from "./command.ts";
import { makeDataImage } from "./data-image.ts";
import { makeDebianSystem, type PackageCache } from "./debian-system.ts";
import { makeDisk } from "./disk.ts";
import { makeEsp } from "./esp.ts";
import { grubMenu } from "./grub-menu.ts";
import type { Laps } from "./laps.ts";
import { appliancePackages, toolPackages } from "./packages.ts";
import type { Program } from "./programs.ts";
import { makeRootTree } from "./root-tree.ts";
import { makeBootImage, makeRootImage } from "./slot.ts";
import { ToolSystem, type WorkFolder } from "./tool-system.ts";

/** What an image is made of. */
export interface ImageOrder {
  readonly version: string;
  readonly programs: readonly Program[];
  readonly updateKey: string;
  readonly cache: PackageCache;
  readonly environment: BuildEnvironment;
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

/** Builds the disk in a work folder of the given name. */
export async function buildImage(order: ImageOrder, name: string, laps: Laps): Promise<BuiltImage> {
  const { environment, cache, version } = order;
  const toolArchive = await makeDebianSystem({ name: "tools", packages: toolPackages }, cache, environment);
  const tools = await ToolSystem.open(toolArchive, environment);
  laps.end("tools");
  const base = await makeDebianSystem({ name: "base", packages: appliancePackages }, cache, environment);
  laps.end("Debian packages");
  const work = tools.workFolder(name);
  const contents = { base, programs: order.programs, version, updateKey: order.updateKey };
  const { list } = await makeRootTree(work, contents, environment, laps);
  const identity = { version, sourceDate: environment.sourceDate };
  const root = await makeRootImage(tools, work, identity);
  laps.end("root packed and its hashes made");
  const boot = await makeBootImage(tools, work, root, identity);
  const data = await makeDataImage(tools, work, environment.sourceDate);
  const esp = await makeEsp(tools, work, grubMenu());
  const counters = await makeBootCounters(tools, work);
  const biosBoot = await makeBiosBoot(tools, work);
  const disk = await makeDisk(tools, work, { biosBoot, esp, counters, boot, root: root.file, data });
  laps.end("disk");
  return { tools, work, disk, boot, root: root.file, packageList: list };
}
