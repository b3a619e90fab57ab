import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { makeBundle, type Release } from "./bundle.ts";
import { checksums } from "./checksums.ts";
import { enlargeDisk } from "./disk.ts";
import { convertDisk, type DiskFormat, diskFormats } from "./formats.ts";
import type { BuiltImage } from "./image.ts";
import type { SigningKey } from "./keys.ts";
import type { Laps } from "./laps.ts";
import { makeOva } from "./ova.ts";
import { makeBillOfMaterials } from "./sbom.ts";

/** What one build of a release leaves in a folder. */
export interface Outputs {
  readonly folder: string;
  /** Names and sizes in bytes, as they were made. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

/** Makes every file people download, their checksums, and the checksums' signature. */
export async function makeOutputs(
  image: BuiltImage,
  release: Release,
  key: SigningKey,
  folder: string,
  laps: Laps,
): Promise<Outputs> {
  mkdirSync(folder, { recursive: true });
  const stem = join(folder, `causeway-${release.version}`);
  for (const old of new Bun.Glob(`causeway-${release.version}{.,-}*`).scanSync(folder)) rmSync(join(folder, old));
  await packRaw(image, `${stem}.raw.zst`);
  await makeBundle(image, release, key, `${stem}-update.bundle`);
  await makeBillOfMaterials(image.packageList, release, `${stem}.cdx.json`);
  laps.end("raw disk, update bundle, bill of materials");
  await enlargeDisk(image.tools, image.work);
  await Promise.all(diskFormats.map((format) => convertTo(image, format, stem, release)));
  laps.end("formats of the hypervisors");
  const made = [...new Bun.Glob(`causeway-${release.version}{.,-}*`).scanSync(folder)].sort();
  const sums = await checksums(folder, made);
  await Bun.write(join(folder, "SHA256SUMS"), sums);
  await Bun.write(join(folder, "SHA256SUMS.sig"), key.sign(new TextEncoder().encode(sums)));
  await Bun.write(join(folder, "update.pub"), key.publicPem);
  laps.end("checksums");
  return { folder, files: made.map((name) => ({ name, size: statSync(join(folder, name)).size })) };
}

/** The disk just as large as its partitions, to be written to a disk of 4 GiB and more. */
async function packRaw({ tools, work, disk }: BuiltImage, path: string): Promise<void> {
  await tools.run(["zstd", "--quiet", "--force", "-T0", "-3", work.toolPath(basename(disk))]);
  renameSync(`${disk}.zst`, path);
}

/** VMware's disk is shipped inside the OVA alone. */
async function convertTo(image: BuiltImage, format: DiskFormat, stem: string, release: Release): Promise<void> {
  const path = `${stem}.${format.extension}`;
  await convertDisk(image, format, path);
  if (format.extension !== "vmdk") return;
  await makeOva(path, release, `${stem}.ova`);
  rmSync(path);
}
