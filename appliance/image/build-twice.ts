import { fileHash } from "./file-hash.ts";
import { buildImage, type ImageOrder } from "./image.ts";
import type { Laps } from "./laps.ts";

/** The parts that are compared, by what they are called. */
const PARTS = ["root", "boot", "disk"] as const;

/** Builds two disks from nothing, one after the other, and names each part that differs. @throws {Error} when one does */
export async function buildTwice(order: ImageOrder, laps: Laps): Promise<void> {
  const hashes = [];
  for (const name of ["first", "second"]) {
    const image = await buildImage(order, { name, mayReuse: false }, laps);
    hashes.push(Object.fromEntries(await Promise.all(PARTS.map(async (part) => [part, await fileHash(image[part])]))));
  }
  const [first, second] = hashes;
  const differing = PARTS.filter((part) => first?.[part] !== second?.[part]);
  for (const part of PARTS) console.log(`${part}: ${differing.includes(part) ? "differs" : "equal"}, ${first?.[part]}`);
  if (differing.length > 0) throw new Error(`Two builds of the same sources differ in: ${differing.join(", ")}.`);
}
