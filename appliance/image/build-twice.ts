import { fileHash } from "./file-hash.ts";
import { buildImage, type ImageOrder, openTools } from "./image.ts";
import type { Laps } from "./laps.ts";
import type { ToolSystem } from "./tool-system.ts";

/** The parts that are compared. */
const PARTS = ["root", "boot", "disk"] as const;

type Hashes = Readonly<Record<(typeof PARTS)[number], string>>;

/** Builds two disks from nothing, one after the other, and names each part that differs. @throws {Error} when one does */
export async function buildTwice(order: ImageOrder, laps: Laps): Promise<void> {
  const tools = await openTools(order, laps);
  const first = await hashesOfBuild(order, tools, laps);
  const second = await hashesOfBuild(order, tools, laps);
  const differing = PARTS.filter((part) => first[part] !== second[part]);
  for (const part of PARTS) console.log(`${part}: ${differing.includes(part) ? "differs" : "equal"}, ${first[part]}`);
  if (differing.length > 0) throw new Error(`Two builds of the same sources differ in: ${differing.join(", ")}.`);
}

async function hashesOfBuild(order: ImageOrder, tools: ToolSystem, laps: Laps): Promise<Hashes> {
  using work = tools.workFolder();
  const image = await buildImage(order, { tools, work }, false, laps);
  return { root: await fileHash(image.root), boot: await fileHash(image.boot), disk: await fileHash(image.disk) };
}
